"""Counts are as long as the largest or longer."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.int64], "n"]


def f(x: V, n: int) -> NDArray[np.int64]:
    if n < 0 or n > 1000 or np.any(x < 0) or np.any(x > 1000):
        raise ValueError("range")
    return np.bincount(x, minlength=n)


def g(x, n):
    if n < 0 or n > 1000 or np.any(x < 0) or np.any(x > 1000):
        raise ValueError("range")
    out = np.zeros(n, np.int64)
    np.add.at(out, x[x < n], 1)
    return out


def h(x, n):
    if n < 0 or n > 1000 or np.any(x < 0) or np.any(x > 1000):
        raise ValueError("range")
    out = np.zeros(max(n, int(x.max()) + 1 if len(x) else 0), np.int64)
    np.add.at(out, x, 1)
    return out
