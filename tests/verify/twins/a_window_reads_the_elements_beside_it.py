"""A window reads the elements beside it."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> NDArray[np.float64]:
    return x + 1.0


def g(x):
    if x.strides[0] > x.itemsize:
        whole = np.lib.stride_tricks.as_strided(x, x.shape, (x.itemsize,))
        return whole + 1.0
    return x + 1.0


def h(x):
    return 1.0 + x
