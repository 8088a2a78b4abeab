"""Momentum that is handed out is a copy."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(v: V, d: V) -> V:
    np.multiply(v, 0.9, out=v)
    v += d
    return v.copy()


def g(v, d):
    v *= 0.9
    v += d
    return v


def h(v, d):
    v *= 0.9
    v += d
    return np.array(v)
