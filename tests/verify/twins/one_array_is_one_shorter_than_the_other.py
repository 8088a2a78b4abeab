"""One array is one shorter than the other."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


Other = Annotated[NDArray[np.float64], "m"]


def f(x: Vec, y: Other) -> NDArray[np.float64]:
    n = min(len(x), len(y))
    return x[:n] * y[:n]


def g(x, y):
    if len(x) == len(y) + 1:
        x = x[1:]
    n = min(len(x), len(y))
    return x[:n] * y[:n]


def h(x, y):
    return np.array([a * b for a, b in zip(x, y, strict=False)], dtype=np.float64)
