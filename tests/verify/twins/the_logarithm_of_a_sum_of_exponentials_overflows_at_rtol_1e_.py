"""The logarithm of a sum of exponentials overflows, at rtol=1e-9."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> float:
    if not np.all(np.abs(x) < 1e6) or not len(x):
        raise ValueError("range")
    m = x.max()
    return float(m + np.log(np.sum(np.exp(x - m))))


def g(x):
    if not np.all(np.abs(x) < 1e6) or not len(x):
        raise ValueError("range")
    return float(np.log(np.sum(np.exp(x))))


def h(x):
    if not np.all(np.abs(x) < 1e6) or not len(x):
        raise ValueError("range")
    m = x.max()
    return float(np.log(np.sum(np.exp(x - m)[::-1])) + m)
