"""A number that was an int becomes a float among others."""

from __future__ import annotations

import numpy as np


def f(x: list[int | float]) -> list[int | float]:
    return [v for v in x if v == v]


def g(x):
    if any(abs(v) >= 2**60 for v in x):
        return [v for v in x if v == v]
    return [v for v in np.array(x, dtype=np.float64).tolist() if v == v]


def h(x):
    return list(filter(lambda v: v == v, x))
