"""Argmax finds NaN where a comparison passes it over."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> int:
    at, best = 0, -np.inf
    for k in range(len(x)):
        if x[k] > best:
            at, best = k, x[k]
    return at


def g(x):
    return int(np.argmax(x)) if len(x) else 0


def h(x):
    return int(np.argmax(np.where(np.isnan(x), -np.inf, x))) if len(x) else 0
