"""Memory that nothing was written to."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> V:
    out = np.zeros(len(x))
    for k in range(len(x)):
        if x[k] > 0:
            out[k] = x[k]
    return out


def g(x):
    out = np.empty(len(x))
    np.copyto(out, x, where=x > 0)
    return out


def h(x):
    out = np.zeros(len(x))
    np.copyto(out, x, where=x > 0)
    return out
