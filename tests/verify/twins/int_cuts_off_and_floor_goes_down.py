"""Int cuts off and floor goes down."""

from __future__ import annotations

import math


def f(x: float) -> int:
    return int(x)


def g(x):
    return math.floor(x)


def h(x):
    return math.trunc(x)
