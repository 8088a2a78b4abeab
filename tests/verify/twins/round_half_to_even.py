"""Round half to even."""

from __future__ import annotations

import numpy as np


def f(x: float) -> float:
    return float(np.round(x))


def g(x):
    return float(np.floor(x + 0.5))


def h(x):
    return float(np.rint(x))
