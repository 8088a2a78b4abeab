"""Another text of the original's own exception."""

from __future__ import annotations


def f(n: int) -> int:
    if n < 0:
        raise ValueError(f"n must not be negative: {n}")
    return n + 1


def g(n):
    if n < 0:
        raise ValueError("n must not be negative")
    return n + 1


def h(n):
    if n < 0:
        raise ValueError(f"n must not be negative: {n}")
    return 1 + n
