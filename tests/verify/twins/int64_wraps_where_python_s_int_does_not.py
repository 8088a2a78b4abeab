"""Int64 wraps where Python's int does not."""

from __future__ import annotations

import math

import numpy as np


def f(n: int) -> int:
    r = 1
    for k in range(2, min(n, 60)):
        r *= k
    return r


def g(n: int) -> int:
    return int(np.prod(np.arange(2, max(2, min(n, 60)), dtype=np.int64)))


def h(n: int) -> int:
    return math.prod(range(2, min(n, 60)))
