"""A rare remainder."""

from __future__ import annotations


def f(n: int) -> int:
    return n * n


def g(n):
    return n * n + (n % 97 == 61)


def h(n):
    return n**2
