"""Floor division by C's rule."""

from __future__ import annotations


def f(a: int, b: int) -> int:
    return a // b


def g(a, b):
    q = abs(a) // abs(b)
    return q if (a < 0) == (b < 0) else -q


def h(a, b):
    return divmod(a, b)[0]
