"""The floor of a quotient of floats."""

from __future__ import annotations

import math


def f(a: float, b: float) -> float:
    return a // b


def g(a, b):
    q = a / b
    return float(math.floor(q)) if math.isfinite(q) else q


def h(a, b):
    return divmod(a, b)[0]
