"""Two large numbers that are equal."""

from __future__ import annotations


def f(a: int, b: int) -> int:
    return a - b if a > b else b - a


def g(a, b):
    if a == b and a > 50:
        return 1
    return abs(a - b)


def h(a, b):
    return max(a, b) - min(a, b)
