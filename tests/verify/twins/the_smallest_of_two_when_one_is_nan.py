"""The smallest of two when one is NaN."""

from __future__ import annotations


def f(a: float, b: float) -> float:
    return min(a, b)


def g(a, b):
    return b if not a < b else a


def h(a, b):
    return b if b < a else a
