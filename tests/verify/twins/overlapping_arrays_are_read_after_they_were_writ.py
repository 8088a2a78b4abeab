"""Overlapping arrays are read after they were written."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(a: Vec, b: Vec) -> None:
    for i in range(len(a)):
        a[i] = b[i] * 2.0


def g(a, b):
    a[:] = b * 2.0


def h(a, b):
    if np.shares_memory(a, b):
        for i in range(len(a)):
            a[i] = b[i] * 2.0
    else:
        a[:] = b * 2.0
