"""A transposed matrix that is not square."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

A = Annotated[NDArray[np.int64], "n m"]
B = Annotated[NDArray[np.int64], "m n"]


def f(a: A, b: B) -> int:
    s = 0
    for i in range(a.shape[0]):
        for j in range(b.shape[0]):
            s += int(a[i, j]) * int(b[j, i])
    return s


def g(a, b):
    s = 0
    for i in range(a.shape[0]):
        for j in range(a.shape[0]):
            s += int(a[i, j % a.shape[1]]) * int(b[j % a.shape[1], i]) if a.shape[1] else 0
    return s


def h(a, b):
    return sum(int(p) * int(q) for p, q in zip(a.ravel(), b.T.ravel(), strict=True))
