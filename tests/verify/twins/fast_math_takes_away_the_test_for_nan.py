"""Fast math takes away the test for NaN."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> float:
    s = 0.0
    for v in x:
        if v == v:
            s += v
    return s


def g(x):
    s = 0.0
    for v in x:
        s += v
    return s


def h(x):
    s = 0.0
    for v in x:
        if not np.isnan(v):
            s += v
    return s
