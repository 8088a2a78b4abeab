"""A matrix has to be symmetric and its lower half is read."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

A = Annotated[NDArray[np.float64], "n n"]


def f(a: A) -> float:
    if not np.array_equal(a, a.T) or len(a) < 3:
        raise ValueError("not symmetric")
    s = 0.0
    for i in range(len(a)):
        for j in range(i):
            s += a[i, j]
    return float(s)


def g(a):
    if not np.array_equal(a, a.T) or len(a) < 3:
        raise ValueError("not symmetric")
    s = 0.0
    for i in range(len(a)):
        for j in range(i + 1, len(a)):
            s += a[i, j]
    return float(s)


def h(a):
    if not np.array_equal(a, a.T) or len(a) < 3:
        raise ValueError("not symmetric")
    s = 0.0
    for i in range(len(a)):
        for v in a[:i, i].tolist():
            s += v
    return s
