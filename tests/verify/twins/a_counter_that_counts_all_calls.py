"""A counter that counts all calls."""

from __future__ import annotations

_calls = [0]
_others = [0]


def f(x: int) -> int:
    _calls[0] += 1
    return x + _calls[0]


def g(x):
    return x + 1


def h(x):
    _others[0] += 1
    return _others[0] + x
