"""-0.0 is not 0.0."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> NDArray[np.float64]:
    return -x


def g(x):
    return 0.0 - x


def h(x):
    return x * -1.0
