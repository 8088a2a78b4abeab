"""Searchsorted takes the other side of equal elements."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(a: V, v: float) -> int:
    if not np.all(a[:-1] <= a[1:]):
        raise ValueError("not sorted")
    k = 0
    while k < len(a) and a[k] < v:
        k += 1
    return k


def g(a, v):
    if not np.all(a[:-1] <= a[1:]):
        raise ValueError("not sorted")
    return int(np.searchsorted(a, v, side="right"))


def h(a, v):
    if not np.all(a[:-1] <= a[1:]):
        raise ValueError("not sorted")
    return int((a < v).sum())
