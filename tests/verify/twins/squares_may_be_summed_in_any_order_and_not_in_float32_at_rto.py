"""Squares may be summed in any order and not in float32, at rtol=1e-9."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> float:
    s = 0.0
    for v in x:
        s += v * v
    return s


def g(x):
    y = x.astype(np.float32)
    return float(np.sum(y * y, dtype=np.float64))


def h(x):
    return float(np.sum(np.square(x)[::-1])) if len(x) else 0.0
