"""A cache by a rounded number."""

from __future__ import annotations


def f(x: float) -> float:
    return x * x - x


_near = {}


def g(x):
    key = round(x, 6) if x - x == 0 else repr(x)
    if key not in _near:
        _near[key] = x * x - x
    return _near[key]


_exact = {}


def h(x):
    key = x.hex()
    if key not in _exact:
        _exact[key] = x * x - x
    return _exact[key]
