"""True and true are two."""

from __future__ import annotations


def f(a: bool, b: bool) -> int:
    return a + b


def g(a, b):
    return a | b


def h(a, b):
    return (1 if a else 0) + int(b)
