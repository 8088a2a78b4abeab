"""A sum in pairs is no reassociation of a running sum that cancels, at rtol=1e-9."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> float:
    s = 0.0
    for v in x:
        s += v
    return s


def g(x):
    return float(np.sum(x)) + 0.0


def h(x):
    s = 0.0
    for k in range(len(x)):
        s = x[k] + s
    return float(s)
