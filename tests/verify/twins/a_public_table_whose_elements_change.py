"""A public table whose elements change."""

from __future__ import annotations

import numpy as np

TABLE = np.arange(8.0)
_table = TABLE.copy()


def f(k: int) -> float:
    return float(TABLE[k % 8]) * 2


def g(k):
    return float(_table[k % 8]) * 2


def h(k):
    return 2 * float(TABLE[k & 7])
