"""The remainder of floats has the sign of the divisor."""

from __future__ import annotations

import math


def f(a: float, b: float) -> float:
    return a % b


def g(a, b):
    if b == 0:
        raise ZeroDivisionError
    return math.fmod(a, b) if math.isfinite(a) and b == b else math.nan


def h(a, b):
    return divmod(a, b)[1]
