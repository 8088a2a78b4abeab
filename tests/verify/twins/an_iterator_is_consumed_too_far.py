"""An iterator is consumed too far."""

from __future__ import annotations

from collections.abc import Iterator


def f(x: Iterator[int]) -> int:
    for v in x:
        if v > 3:
            return v
    return -1


def g(x):
    return next((v for v in list(x) if v > 3), -1)


def h(x):
    return next((v for v in x if v > 3), -1)
