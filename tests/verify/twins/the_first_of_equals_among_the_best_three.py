"""The first of equals among the best three."""

from __future__ import annotations


def f(x: list[int]) -> list[int]:
    return sorted(range(len(x)), key=lambda k: -x[k])[:3]


def g(x):
    return sorted(range(len(x)), key=lambda k: (x[k], k), reverse=True)[:3]


def h(x):
    return sorted(range(len(x)), key=lambda k: x[k], reverse=True)[:3]
