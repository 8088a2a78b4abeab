"""Not less is no greater or equal."""

from __future__ import annotations


def f(x: list[float], v: float) -> int:
    return sum(1 for w in x if not w < v)


def g(x, v):
    return sum(1 for w in x if w >= v)


def h(x, v):
    return len(x) - sum(w < v for w in x)
