"""One and one point zero share a place in a cache."""

from __future__ import annotations

import functools


def f(x: int | float) -> int | float:
    return x + x


@functools.lru_cache
def _twice(x):
    return x + x


def g(x):
    return _twice(x)


@functools.lru_cache
def _typed(x, kind, text):
    return x + x


def h(x):
    return _typed(x, type(x), repr(x))
