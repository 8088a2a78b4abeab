"""A bool is not an int."""

from __future__ import annotations


def f(x: list[int], y: int) -> bool:
    return y in x


def g(x, y):
    return x.count(y)


def h(x, y):
    return x.count(y) > 0
