"""Lengths that differ are cut to the shorter."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]
Other = Annotated[NDArray[np.float64], "m"]


def f(x: Vec, y: Other) -> float:
    s = 0.0
    for i in range(len(x)):
        s += x[i] * y[i]
    return s


def g(x, y):
    s = 0.0
    for a, b in zip(x, y):  # noqa: B905
        s += a * b
    return s


def h(x, y):
    s = 0.0
    for i, a in enumerate(x):
        s += a * y[i]
    return s
