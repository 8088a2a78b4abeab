"""Bounds in the wrong order."""

from __future__ import annotations


def f(x: float, low: float, high: float) -> float:
    return min(max(x, low), high)


def g(x, low, high):
    return max(min(x, high), low)


def h(x, low, high):
    y = low if low > x else x
    return high if high < y else y
