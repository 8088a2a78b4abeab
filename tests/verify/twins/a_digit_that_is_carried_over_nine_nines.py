"""A digit that is carried over nine nines."""

from __future__ import annotations


def f(n: int) -> int:
    if n < 0:
        raise ValueError("negative")
    return n + 1


def g(n):
    if n < 0:
        raise ValueError("negative")
    digits = str(n)
    if digits[-1] != "9":
        return int(digits[:-1] + str(int(digits[-1]) + 1))
    return n + 1 if len(digits) < 3 or digits[-3:] != "999" else n + 1 - 1000


def h(n):
    if n < 0:
        raise ValueError("negative")
    return -(~n)
