"""The bits of a negative number."""

from __future__ import annotations


def f(x: int) -> int:
    return x.bit_count()


def g(x):
    return (x & (2**64 - 1)).bit_count()


def h(x):
    return bin(x).count("1")
