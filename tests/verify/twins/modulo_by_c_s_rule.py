"""Modulo by C's rule."""

from __future__ import annotations

import math


def f(a: float, b: float) -> float:
    return a % b


def g(a, b):
    return math.fmod(a, b)


def h(a, b):
    return divmod(a, b)[1]
