"""The square root of a negative number is not taken."""

from __future__ import annotations

import math


def f(x: list[float]) -> list[float]:
    return [math.sqrt(v) if v > 0 else 0.0 for v in x]


def g(x):
    roots = [math.sqrt(v) if v >= 0 else math.nan for v in x]
    return [r if v >= 0 else 0.0 for v, r in zip(x, roots, strict=True)]


def h(x):
    out = [0.0] * len(x)
    for k, v in enumerate(x):
        if v > 0:
            out[k] = math.sqrt(v)
    return out
