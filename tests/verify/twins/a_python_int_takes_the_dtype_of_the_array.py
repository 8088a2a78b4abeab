"""A python int takes the dtype of the array."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

A = Annotated[NDArray[np.uint8], "n"]


def f(a: A, k: int) -> A:
    return a + k


def g(a, k):
    return (a.astype(np.int64) + k).astype(np.uint8)


def h(a, k):
    return a + np.uint8(k)
