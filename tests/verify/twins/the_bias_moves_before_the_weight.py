"""The bias moves before the weight."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(w: V, x: V, b: float, y: float, rate: float) -> float:
    e = float(x @ w) + b - y if len(w) else b - y
    w -= rate * e * x
    return b - rate * e


def g(w, x, b, y, rate):
    e = float(x @ w) + b - y if len(w) else b - y
    for k in range(len(w)):
        w[k] -= rate * e * x[k]
    return b - rate * e


def h(w, x, b, y, rate):
    e = float(x @ w) + b - y if len(w) else b - y
    w[...] = w - rate * e * x
    return b - rate * e
