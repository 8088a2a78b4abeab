"""Samples at the ends of a signal."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V, k: int) -> V:
    if not 0 < k < 20:
        raise ValueError("step")
    return np.array([x[j] for j in range(0, len(x), k)])


def g(x, k):
    if not 0 < k < 20:
        raise ValueError("step")
    return x[: len(x) // k * k].reshape(-1, k)[:, 0].copy()


def h(x, k):
    if not 0 < k < 20:
        raise ValueError("step")
    return x[::k].copy()
