"""A loop variable outlives the loop."""

from __future__ import annotations


def f(x: list[int]) -> int:
    s = 0
    for v in x:
        s += v
    return s * v


def g(x):
    v = 0
    s = 0
    for v in x:
        s += v
    return s * v


def h(x):
    if not x:
        raise UnboundLocalError
    return sum(x) * x[-1]
