"""An unstable sort."""

from __future__ import annotations


def f(x: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return sorted(x, key=lambda p: p[0])


def g(x):
    return sorted(x)


def h(x):
    out = list(x)
    out.sort(key=lambda p: p[0])
    return out
