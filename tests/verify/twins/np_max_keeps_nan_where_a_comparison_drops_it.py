"""Np.max keeps NaN where a comparison drops it."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> float:
    m = -math.inf
    for v in x:
        if v > m:
            m = v
    return m


def g(x: Vec) -> float:
    return np.max(x) if len(x) else -math.inf


def h(x: Vec) -> float:
    return max((v for v in x if not np.isnan(v)), default=-math.inf)
