"""The carry of a block reaches one block only."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.int64], "n"]


def f(x: V) -> V:
    return np.cumsum(x)


def g(x):
    out = np.empty_like(x)
    before = 0
    for start in range(0, len(x), 8):
        part = np.cumsum(x[start : start + 8])
        out[start : start + 8] = part + before
        before = part[-1]
    return out


def h(x):
    out = np.empty_like(x)
    before = np.int64(0)
    for start in range(0, len(x), 8):
        part = np.cumsum(x[start : start + 8])
        out[start : start + 8] = part + before
        before = before + part[-1]
    return out
