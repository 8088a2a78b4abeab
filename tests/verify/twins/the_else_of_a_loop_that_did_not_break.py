"""The else of a loop that did not break."""

from __future__ import annotations


def f(x: list[int]) -> int:
    for v in x:
        if v < 0:
            break
    else:
        return -1
    return v


def g(x):
    for v in x:
        if v < 0:
            return v
    return x[-1] if x else -1


def h(x):
    return next((v for v in x if v < 0), -1)
