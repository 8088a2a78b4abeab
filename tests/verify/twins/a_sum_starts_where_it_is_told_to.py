"""A sum starts where it is told to."""

from __future__ import annotations


def f(x: list[float], start: float) -> float:
    s = start
    for v in x:
        s += v
    return s


def g(x, start):
    s = 0.0
    for v in x:
        s += v
    return start + s


def h(x, start):
    for v in x:
        start = start + v
    return start
