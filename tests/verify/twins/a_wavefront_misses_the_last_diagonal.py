"""A wavefront misses the last diagonal."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

M = Annotated[NDArray[np.int64], "n m"]


def f(a: M) -> None:
    for i in range(1, a.shape[0]):
        for j in range(1, a.shape[1]):
            a[i, j] += max(a[i - 1, j], a[i, j - 1])


def g(a):
    n, m = a.shape
    for d in range(2, n + m - 2):
        for i in range(max(1, d - m + 1), min(n, d)):
            a[i, d - i] += max(a[i - 1, d - i], a[i, d - i - 1])


def h(a):
    n, m = a.shape
    for d in range(2, n + m - 1):
        for i in range(max(1, d - m + 1), min(n, d)):
            a[i, d - i] += max(a[i - 1, d - i], a[i, d - i - 1])
