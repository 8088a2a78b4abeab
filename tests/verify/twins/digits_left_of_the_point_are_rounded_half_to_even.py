"""Digits left of the point are rounded half to even."""

from __future__ import annotations


def f(x: int) -> int:
    return round(x, -1)


def g(x):
    return (x + 5) // 10 * 10


def h(x):
    return -round(-x, -1)
