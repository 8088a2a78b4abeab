"""One beyond a constant."""

from __future__ import annotations


def f(n: int) -> int:
    return n if n > 41077 else 0


def g(n):
    return n if n > 41077 + 1 else 0


def h(n):
    return n if n >= 41077 + 1 else 0
