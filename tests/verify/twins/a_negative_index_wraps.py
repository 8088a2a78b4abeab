"""A negative index wraps."""

from __future__ import annotations


def f(x: list[float], k: int) -> float:
    return x[k]


def g(x, k):
    if k < 0:
        raise IndexError("list index out of range")
    return x[k]


def h(x, k):
    return x.__getitem__(k)
