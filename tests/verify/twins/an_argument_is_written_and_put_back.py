"""An argument is written and put back."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> float:
    return float(np.cumsum(x[1:])[-1]) if len(x) > 1 else 0.0


def g(x):
    if len(x) < 2:
        return 0.0
    first = x[0]
    x[0] = 0.0
    total = float(np.cumsum(x[1:])[-1])
    x[0] = first
    return total


def h(x):
    y = x.copy()
    return float(np.cumsum(y[1:])[-1]) if len(y) > 1 else 0.0
