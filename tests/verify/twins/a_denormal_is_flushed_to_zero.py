"""A denormal is flushed to zero."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> NDArray[np.float64]:
    return x * 0.5


def g(x):
    return np.where(np.abs(x) < np.finfo(np.float64).tiny, 0.0 * x, x) * 0.5


def h(x):
    return x / 2.0
