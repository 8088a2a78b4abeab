"""The compensation of a sum is simplified away."""

from __future__ import annotations


def f(x: list[float]) -> float:
    s = c = 0.0
    for v in x:
        y = v - c
        t = s + y
        c = (t - s) - y
        s = t
    return s


def g(x):
    s = 0.0
    for v in x:
        s += v
    return s


def h(x):
    s, c = 0.0, 0.0
    for k in range(len(x)):
        y = x[k] - c
        s, c = s + y, ((s + y) - s) - y
    return s
