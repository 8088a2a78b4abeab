"""An index out of range is clipped."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]
Index = Annotated[NDArray[np.int64], "k"]


def f(x: Vec, at: Index) -> NDArray[np.float64]:
    return x[at]


def g(x, at):
    return x.take(at, mode="clip") if len(x) and (at >= 0).all() else x[at]


def h(x, at):
    return x.take(at)
