"""A negative exponent gives a float."""

from __future__ import annotations


def f(a: int, n: int) -> int | float:
    if abs(n) > 40:
        raise ValueError("exponent")
    return a**n


def g(a, n):
    if abs(n) > 40:
        raise ValueError("exponent")
    p = 1
    for _ in range(n):
        p *= a
    return p


def h(a, n):
    if n < -40 or n > 40:
        raise ValueError("exponent")
    return pow(a, n)
