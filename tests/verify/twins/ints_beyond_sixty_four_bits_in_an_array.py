"""Ints beyond sixty-four bits in an array."""

from __future__ import annotations

import numpy as np


def f(x: list[int]) -> int:
    s = 1
    for v in x[:9]:
        s *= v
    return s


def g(x):
    return int(np.prod(x[:9])) if x else 1


def h(x):
    return int(np.prod(np.array(x[:9], dtype=object))) if x else 1
