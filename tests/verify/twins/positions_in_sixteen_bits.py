"""Positions in sixteen bits."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.int64], "n"]


def f(x: V) -> int:
    s = 0
    for k in range(len(x)):
        if x[k] > 0:
            s = k
    return s


def g(x):
    at = np.arange(len(x)).astype(np.int16)[x > 0]
    return int(at[-1]) if len(at) else 0


def h(x):
    at = np.flatnonzero(x > 0)
    return int(at[-1]) if len(at) else 0
