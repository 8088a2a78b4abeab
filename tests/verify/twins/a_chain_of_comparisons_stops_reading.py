"""A chain of comparisons stops reading."""

from __future__ import annotations

from collections.abc import Iterator


def f(a: int, it: Iterator[int]) -> bool:
    return a < next(it, 0) < next(it, 0)


def g(a, it):
    x, y = next(it, 0), next(it, 0)
    return a < x < y


def h(a, it):
    x = next(it, 0)
    return a < x and x < next(it, 0)
