"""A percentile is interpolated from the lower end."""

from __future__ import annotations

import math


def f(x: list[float], q: float) -> float:
    if not x or not 0 <= q <= 1:
        raise ValueError("no percentile")
    at = q * (len(x) - 1)
    low = math.floor(at)
    if low + 1 == len(x):
        return x[low]
    return x[low] + (x[low + 1] - x[low]) * (at - low)


def g(x, q):
    if not x or not 0 <= q <= 1:
        raise ValueError("no percentile")
    at = q * (len(x) - 1)
    low = math.floor(at)
    if low + 1 == len(x):
        return x[low]
    t = at - low
    return x[low] * (1 - t) + x[low + 1] * t


def h(x, q):
    if len(x) == 0 or not (q >= 0 and q <= 1):
        raise ValueError("no percentile")
    at = q * (len(x) - 1)
    low = int(at)
    if low == len(x) - 1:
        return x[-1]
    t = at - low
    return t * (x[low + 1] - x[low]) + x[low]
