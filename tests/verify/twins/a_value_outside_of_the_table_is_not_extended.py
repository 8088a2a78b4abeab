"""A value outside of the table is not extended."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V, v: float) -> float:
    if len(x) < 2:
        raise ValueError("short")
    if v <= 0:
        return float(x[0])
    if v >= len(x) - 1:
        return float(x[-1])
    k = int(v)
    return float(x[k] + (v - k) * (x[k + 1] - x[k]))


def g(x, v):
    if len(x) < 2:
        raise ValueError("short")
    k = min(max(int(v), 0), len(x) - 2)
    return float(x[k] + (v - k) * (x[k + 1] - x[k]))


def h(x, v):
    if len(x) < 2:
        raise ValueError("short")
    if v > 0 and v < len(x) - 1:
        k = int(v)
        return float((x[k + 1] - x[k]) * (v - k) + x[k])
    if v != v:
        return float(x[int(v)])
    return float(x[0] if v <= 0 else x[-1])
