"""A shift by sixty-four and more."""

from __future__ import annotations


def f(x: int, n: int) -> int:
    if n > 200:
        raise ValueError("far")
    return (x & 255) << n


def g(x, n):
    if n > 200:
        raise ValueError("far")
    if n < 0:
        raise ValueError
    return (x & 255) << (n & 63)


def h(x, n):
    if n > 200:
        raise ValueError("far")
    if n < 0:
        raise ValueError
    return x % 256 * 2**n
