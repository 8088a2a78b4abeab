"""A threshold is off by one."""

from __future__ import annotations


def f(n: int) -> str:
    return "big" if n > 1000 else "small"


def g(n):
    return "big" if n >= 1000 else "small"


def h(n):
    return "small" if n <= 1000 else "big"
