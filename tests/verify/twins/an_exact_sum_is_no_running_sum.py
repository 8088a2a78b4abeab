"""An exact sum is no running sum."""

from __future__ import annotations

import math


def f(x: list[float]) -> float:
    s = 0.0
    for v in x:
        s += v
    return s


def g(x):
    return math.fsum(x)


def h(x):
    s = 0.0
    k = 0
    while k + 1 < len(x):
        s += x[k]
        s += x[k + 1]
        k += 2
    if k < len(x):
        s += x[k]
    return s
