"""A third of an int64 is no third of a float64."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.int64], "n"]


def f(x: V) -> V:
    return x // 3


def g(x):
    return (x / 3).astype(np.int64)


def h(x):
    return np.floor_divide(x, 3)
