"""A set has no order of its own."""

from __future__ import annotations


def f(x: list[int]) -> list[int]:
    return list(dict.fromkeys(x))


def g(x):
    return sorted(set(x))


def h(x):
    seen = set()
    out = []
    for v in x:
        if v not in seen:
            seen.add(v)
            out.append(v)
    return out
