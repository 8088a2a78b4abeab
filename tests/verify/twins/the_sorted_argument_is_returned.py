"""The sorted argument is returned."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.int64], "n"]


def f(x: V) -> V:
    x.sort()
    return x


def g(x):
    y = np.sort(x)
    x[...] = y
    return y


def h(x):
    x[...] = np.sort(x)
    return x
