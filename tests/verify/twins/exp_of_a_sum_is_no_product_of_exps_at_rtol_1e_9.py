"""Exp of a sum is no product of exps, at rtol=1e-9."""

from __future__ import annotations

import math


def f(a: float, b: float) -> float:
    return math.exp(a) * math.exp(b)


def g(a, b):
    return math.exp(a + b)


def h(a, b):
    first = math.exp(a)
    return math.exp(b) * first
