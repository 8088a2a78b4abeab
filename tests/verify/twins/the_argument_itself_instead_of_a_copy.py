"""The argument itself instead of a copy."""

from __future__ import annotations


def f(x: list[int]) -> list[int]:
    return sorted(x)


def g(x):
    x.sort()
    return x


def h(x):
    y = list(x)
    y.sort()
    return y
