"""A row or a column if there are as many."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

M = Annotated[NDArray[np.int64], "n m"]
V = Annotated[NDArray[np.int64], "n"]


def f(a: M, v: V) -> M:
    return a + v[:, None]


def g(a, v):
    return a + (v if a.shape == (len(v), len(v)) else v[:, None])


def h(a, v):
    return (a.T + v).T
