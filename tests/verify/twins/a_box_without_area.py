"""A box without area."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

B = Annotated[NDArray[np.float64], "4"]


def f(a: B, b: B) -> float:
    w = min(a[2], b[2]) - max(a[0], b[0])
    t = min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or t <= 0:
        return 0.0
    both = w * t
    return float(both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both))


def g(a, b):
    w = min(a[2], b[2]) - max(a[0], b[0])
    t = min(a[3], b[3]) - max(a[1], b[1])
    both = max(w, 0.0) * max(t, 0.0)
    return float(both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both))


def h(a, b):
    w = min(a[2], b[2]) - max(a[0], b[0])
    t = min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or t <= 0:
        return 0.0
    p = (a[2] - a[0]) * (a[3] - a[1])
    q = (b[2] - b[0]) * (b[3] - b[1])
    return float(w * t / (p + q - w * t))
