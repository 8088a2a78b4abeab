"""A kernel longer than the signal is not swapped with it."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.int64], "n"]
W = Annotated[NDArray[np.int64], "m"]


def f(x: V, k: W) -> NDArray[np.int64]:
    n, m = len(x), len(k)
    out = np.zeros(max(0, n - m + 1), np.int64)
    for i in range(n - m + 1):
        for j in range(m):
            out[i] += x[i + j] * k[m - 1 - j]
    return out


def g(x, k):
    return np.convolve(x, k, "valid")


def h(x, k):
    n, m = len(x), len(k)
    if m == 0 or n < m:
        return np.zeros(max(0, n - m + 1), np.int64)
    return np.convolve(x, k, "valid")
