"""The first element that raises decides."""

from __future__ import annotations

import math


def f(x: list[float]) -> list[float]:
    return [math.sqrt(1 / v) for v in x]


def g(x):
    inverse = [1 / v for v in x]
    return [math.sqrt(v) for v in inverse]


def h(x):
    out = []
    for v in x:
        inverse = 1 / v
        out += [math.sqrt(inverse)]
    return out
