"""An int against a float is compared exactly."""

from __future__ import annotations


def f(a: int, b: float) -> bool:
    return a < b


def g(a, b):
    try:
        return float(a) < b
    except OverflowError:
        return a < b


def h(a, b):
    return b > a
