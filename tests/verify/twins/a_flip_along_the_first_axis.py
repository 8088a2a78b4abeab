"""A flip along the first axis."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

M = Annotated[NDArray[np.float64], "n m"]


def f(a: M) -> M:
    return np.flip(a, 0)


def g(a):
    return np.flip(a)


def h(a):
    return a[::-1]
