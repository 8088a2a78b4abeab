"""Fused loops read the element that comes next."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.int64], "n"]


def f(x: V) -> tuple[V, V]:
    n = len(x)
    b = x.copy()
    c = np.zeros_like(x)
    for i in range(n):
        b[i] = x[i] * 2
    for i in range(n - 1):
        c[i] = b[i + 1]
    return b, c


def g(x):
    n = len(x)
    b = x.copy()
    c = np.zeros_like(x)
    for i in range(n):
        b[i] = x[i] * 2
        if i < n - 1:
            c[i] = b[i + 1]
    return b, c


def h(x):
    n = len(x)
    b = x.copy()
    c = np.zeros_like(x)
    for i in range(n):
        b[i] = x[i] * 2
        if i > 0:
            c[i - 1] = b[i]
    return b, c
