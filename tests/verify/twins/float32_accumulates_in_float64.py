"""Float32 accumulates in float64."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray


def f(x: Annotated[NDArray[np.float32], "n"]) -> np.float32:
    s = np.float32(0)
    for v in x:
        s += v * v
    return s


def g(x):
    s = 0.0
    for v in x.tolist():
        s += v * v
    return np.float32(s)


def h(x):
    s = np.float32(0)
    for i in range(x.size):
        s = s + x[i] * x[i]
    return s
