"""A tuple for a list."""

from __future__ import annotations


def f(x: list[int]) -> list[int]:
    return [v + 1 for v in x]


def g(x):
    return tuple(v + 1 for v in x)


def h(x):
    return list(map(lambda v: v + 1, x))
