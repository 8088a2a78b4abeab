"""Shifted rows come in again at the other end."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V, k: int) -> V:
    out = np.zeros_like(x)
    for i in range(len(x)):
        if 0 <= i - k < len(x):
            out[i] = x[i - k]
    return out


def g(x, k):
    return np.roll(x, k) if abs(k) < len(x) else np.zeros_like(x)


def h(x, k):
    out = np.zeros_like(x)
    if 0 <= k < len(x):
        out[k:] = x[: len(x) - k]
    elif -len(x) < k < 0:
        out[:k] = x[-k:]
    return out
