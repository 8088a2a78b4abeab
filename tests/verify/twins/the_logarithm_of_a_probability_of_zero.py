"""The logarithm of a probability of zero."""

from __future__ import annotations

import math


def f(p: list[float], t: list[int]) -> float:
    s = 0.0
    for q, y in zip(p, t, strict=True):
        if y == 1:
            s -= math.log(q)
    return s


def g(p, t):
    s = 0.0
    for q, y in zip(p, t, strict=True):
        if y == 1:
            s -= math.log(max(q, 1e-12))
    return s


def h(p, t):
    s = 0.0
    for k in range(max(len(p), len(t))):
        if k >= len(p) or k >= len(t):
            raise ValueError
        s = s - math.log(p[k]) if t[k] == 1 else s
    return s
