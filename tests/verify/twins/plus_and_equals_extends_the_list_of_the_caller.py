"""Plus and equals extends the list of the caller."""

from __future__ import annotations


def f(x: list[int], v: int) -> list[int]:
    x = x + [v]
    return x


def g(x, v):
    x += [v]
    return x


def h(x, v):
    return [*x, v]
