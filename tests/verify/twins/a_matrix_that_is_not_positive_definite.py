"""A matrix that is not positive definite."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

M = Annotated[NDArray[np.float64], "2 2"]


def f(a: M) -> float:
    p = math.sqrt(a[0, 0])
    r = a[1, 0] / p
    d = a[1, 1] - r * r
    if d <= 0:
        raise ValueError("not positive definite")
    return math.sqrt(d)


def g(a):
    p = math.sqrt(a[0, 0])
    r = a[1, 0] / p
    return math.sqrt(abs(a[1, 1] - r * r))


def h(a):
    p = math.sqrt(a[0, 0])
    r = a[1, 0] / p
    d = a[1, 1] - r * r
    if d <= 0.0:
        raise ValueError("not positive definite")
    return math.sqrt(d)
