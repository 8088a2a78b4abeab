"""Hypot does not overflow."""

from __future__ import annotations

import math


def f(a: float, b: float) -> float:
    return math.hypot(a, b)


def g(a, b):
    return math.sqrt(a * a + b * b)


def h(a, b):
    return math.hypot(abs(a), -b)
