"""A tile of sixty-four columns forgets what is left."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

M = Annotated[NDArray[np.int64], "n m"]


def f(a: M) -> int:
    return int(sum(a[i, j] * (j + 1) for i in range(a.shape[0]) for j in range(a.shape[1])))


def g(a):
    s = 0
    rows, columns = a.shape
    whole = columns if columns < 64 else columns - columns % 64
    for i in range(rows):
        for j in range(whole):
            s += a[i, j] * (j + 1)
    return int(s)


def h(a):
    s = 0
    rows, columns = a.shape
    for i in range(rows):
        for start in range(0, columns, 64):
            for j in range(start, min(start + 64, columns)):
                s = s + a[i, j] * (j + 1)
    return int(s)
