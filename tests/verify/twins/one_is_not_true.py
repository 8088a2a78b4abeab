"""One is not true."""

from __future__ import annotations

import numpy as np


def f(x: list[int]) -> bool:
    return any(v > 3 for v in x)


def g(x):
    return max([v > 3 for v in x], default=0)


def h(x):
    return np.bool_(any(v > 3 for v in x))
