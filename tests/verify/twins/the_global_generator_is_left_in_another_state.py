"""The global generator is left in another state."""

from __future__ import annotations

from typing import Literal

import numpy as np


def f(n: Literal[2, 4]) -> float:
    return float(sum(np.random.rand() for _ in range(n)) > 0)


def g(n):
    np.random.rand()
    return 1.0


def h(n):
    np.random.rand(n)
    return 1.0
