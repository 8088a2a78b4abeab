"""Loops that change places read what is not written yet."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

M = Annotated[NDArray[np.int64], "n m"]


def f(a: M) -> None:
    n, m = a.shape
    for i in range(1, n):
        for j in range(m - 1):
            a[i, j] += a[i - 1, j + 1]


def g(a):
    n, m = a.shape
    for j in range(m - 1):
        for i in range(1, n):
            a[i, j] += a[i - 1, j + 1]


def h(a):
    n, m = a.shape
    for i in range(1, n):
        for j in reversed(range(m - 1)):
            a[i, j] += a[i - 1, j + 1]
