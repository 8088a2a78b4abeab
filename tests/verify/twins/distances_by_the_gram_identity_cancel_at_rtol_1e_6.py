"""Distances by the Gram identity cancel, at rtol=1e-6."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

A = Annotated[NDArray[np.float64], "n"]


def f(a: A, b: A) -> float:
    return float(np.sum((a - b) ** 2))


def g(a, b):
    return float(np.sum(a * a) + np.sum(b * b) - 2 * np.sum(a * b))


def h(a, b):
    return float(np.sum(((b - a) * (b - a))[::-1]))
