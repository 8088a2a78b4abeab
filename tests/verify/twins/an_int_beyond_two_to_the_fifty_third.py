"""An int beyond two to the fifty-third."""

from __future__ import annotations


def f(x: list[int]) -> int:
    s = 0
    for v in x:
        s += v
    return s


def g(x):
    return int(sum(float(v) for v in x)) if all(abs(v) < 2**1000 for v in x) else sum(x)


def h(x):
    return sum(reversed(x))
