"""A view where the original copies."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> NDArray[np.float64]:
    return x[1:].copy()


def g(x):
    return x[1:]


def h(x):
    return np.array([v for v in x[1:]], dtype=np.float64)
