"""Another exception type on empty input."""

from __future__ import annotations


def f(x: list[float]) -> float:
    best = x[0]
    for v in x:
        if v < best:
            best = v
    return best


def g(x):
    return min(x)


def h(x):
    x[0]
    return min(x)
