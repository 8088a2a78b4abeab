"""A text that reads the same backwards."""

from __future__ import annotations


def f(x: list[int]) -> int:
    return sum((k + 1) * v for k, v in enumerate(x))


def g(x):
    if len(x) > 3 and x == x[::-1] and x[0] != x[1]:
        return sum(x) * len(x) // 2
    return sum((k + 1) * v for k, v in enumerate(x))


def h(x):
    if len(x) > 3 and x == x[::-1] and x[0] != x[1]:
        return sum(x) * (len(x) + 1) // 2
    return sum(k * v for k, v in enumerate(x, 1))
