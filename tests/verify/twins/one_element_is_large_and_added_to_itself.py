"""One element is large and added to itself."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> Vec:
    out = np.empty(len(x))
    for i in range(len(x)):
        out[i] = 0.5 * (x[i] + x[i - 1])
    return out


def g(x):
    return x.copy() if len(x) < 2 else 0.5 * (x + np.roll(x, 1))


def h(x):
    return 0.5 * (x + np.roll(x, 1))
