"""A public list of weights taken at import."""

from __future__ import annotations

WEIGHTS = [0.5, 0.25, 0.25]
NAMES = {"low": 1, "high": 3}
_half, _fourth = WEIGHTS[0], WEIGHTS[1]
_low = NAMES["low"]


def f(x: float, y: float) -> float:
    return WEIGHTS[0] * x + WEIGHTS[1] * y + NAMES["low"]


def g(x, y):
    return _half * x + _fourth * y + _low


def h(x, y):
    a, b, _ = WEIGHTS
    return a * x + b * y + NAMES.get("low")
