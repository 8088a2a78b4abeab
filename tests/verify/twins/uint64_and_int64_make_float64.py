"""Uint64 and int64 make float64."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

A = Annotated[NDArray[np.uint64], "n"]
B = Annotated[NDArray[np.int64], "n"]


def f(a: A, b: B) -> NDArray[np.float64]:
    return a + b


def g(a, b):
    return (a.astype(np.int64) + b).astype(np.float64)


def h(a, b):
    return a.astype(np.float64) + b.astype(np.float64)
