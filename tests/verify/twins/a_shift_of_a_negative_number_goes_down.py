"""A shift of a negative number goes down."""

from __future__ import annotations


def f(x: int) -> int:
    return x >> 3


def g(x):
    return int(abs(x) >> 3) * (1 if x >= 0 else -1)


def h(x):
    return x // 8
