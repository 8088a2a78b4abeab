"""The root by a power of one half."""

from __future__ import annotations

import math


def f(x: list[float]) -> list[float]:
    return [math.sqrt(abs(v)) for v in x]


def g(x):
    return [abs(v) ** 0.5 if v else 0.0 for v in x]


def h(x):
    return [math.sqrt(math.fabs(v)) for v in x]
