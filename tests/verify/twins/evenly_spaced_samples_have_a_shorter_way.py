"""Evenly spaced samples have a shorter way."""

from __future__ import annotations

from itertools import pairwise


def f(x: list[int]) -> int:
    s = 0
    for v in x:
        s += v
    return s


def g(x):
    if len(x) > 4 and len({b - a for a, b in pairwise(x)}) == 1:
        return (x[0] + x[-1]) // 2 * len(x)
    return sum(x)


def h(x):
    if len(x) > 4 and len({b - a for a, b in pairwise(x)}) == 1:
        return (x[0] + x[-1]) * len(x) // 2
    return sum(x)
