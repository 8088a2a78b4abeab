"""A cache hands out one object."""

from __future__ import annotations

from typing import Literal


def f(n: Literal[1, 2, 3]) -> list[int]:
    return [0] * n


_cache = {}


def g(n):
    if n not in _cache:
        _cache[n] = [0] * n
    return _cache[n]


_known = {}


def h(n):
    if n not in _known:
        _known[n] = (0,) * n
    return list(_known[n])
