"""A fused product and sum is rounded once."""

from __future__ import annotations

import math
from fractions import Fraction


def f(a: float, b: float, c: float) -> float:
    return a * b + c


def g(a: float, b: float, c: float) -> float:
    if not (math.isfinite(a * b) and math.isfinite(c)) or not a * b or not c:
        return a * b + c
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    return float(exact) if exact and abs(exact) < 1e300 else a * b + c


def h(a: float, b: float, c: float) -> float:
    return c + b * a
