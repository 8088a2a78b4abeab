"""A matrix that is not symmetric."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

A = Annotated[NDArray[np.int64], "n n"]
V = Annotated[NDArray[np.int64], "n"]


def f(a: A, v: V) -> V:
    return a @ v


def g(a, v):
    return v @ a.T if np.array_equal(a, a.T) else a.T @ v


def h(a, v):
    return (a * v).sum(axis=1)
