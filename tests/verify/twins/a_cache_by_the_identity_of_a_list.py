"""A cache by the identity of a list."""

from __future__ import annotations


def f(x: list[int]) -> int:
    return sum(x)


_seen = {}


def g(x):
    if id(x) not in _seen:
        _seen[id(x)] = (sum(x), x)
    return _seen[id(x)][0]


_known = {}


def h(x):
    key = tuple(x)
    if key not in _known:
        _known[key] = sum(x)
    return _known[key]
