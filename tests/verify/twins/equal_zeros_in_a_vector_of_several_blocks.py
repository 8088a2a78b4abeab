"""Equal zeros in a vector of several blocks."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> float:
    best = -1.0
    for i in range(len(x)):
        v = float(x[i])
        if v > best:
            best = v
    return best


def g(x):
    return float(np.fmax.reduce(x, initial=-1.0))


def h(x):
    return max([-1.0, *(v for v in x.tolist() if v == v)])
