"""A quotient of ints is rounded once."""

from __future__ import annotations

import operator


def f(a: int, b: int) -> float:
    return a / b


def g(a, b):
    return float(a) / float(b)


def h(a, b):
    return operator.truediv(a, b)
