"""The largest of nothing."""

from __future__ import annotations


def f(x: list[int]) -> int:
    return max(x) - min(x)


def g(x):
    return max(x, default=0) - min(x, default=0)


def h(x):
    ordered = sorted(x)
    if not ordered:
        raise ValueError
    return ordered[-1] - ordered[0]
