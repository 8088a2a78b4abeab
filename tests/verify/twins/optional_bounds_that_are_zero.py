"""Optional bounds that are zero."""

from __future__ import annotations


def f(x: list[int], low: int | None = None) -> list[int]:
    return [v for v in x if low is None or v >= low]


def g(x, low=None):
    return [v for v in x if not low or v >= low]


def h(x, low=None):
    return list(x) if low is None else [v for v in x if not v < low]
