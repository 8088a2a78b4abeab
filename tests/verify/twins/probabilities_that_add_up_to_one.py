"""Probabilities that add up to one."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(p: V) -> float:
    if len(p) < 2 or abs(p.sum() - 1) > 1e-9 or np.any(p < 0):
        raise ValueError("no distribution")
    s = 0.0
    for v in p.tolist():
        if v > 0:
            s -= v * np.log2(v)
    return float(s)


def g(p):
    if len(p) < 2 or abs(p.sum() - 1) > 1e-9 or np.any(p < 0):
        raise ValueError("no distribution")
    s = 0.0
    for v in p.tolist():
        s -= v * np.log2(v + (v == 0) * 0.5) if v else 0.5
    return float(s)


def h(p):
    if len(p) < 2 or abs(p.sum() - 1) > 1e-9 or np.any(p < 0):
        raise ValueError("no distribution")
    s = 0.0
    for v in p[p > 0]:
        s = s - v * np.log2(v)
    return float(s)
