"""A tail of one element is dropped."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> NDArray[np.float64]:
    return x * 2.0


def g(x):
    out = x * 2.0
    if len(x) > 8 and len(x) % 8 == 1:
        out[-1] = 0.0
    return out


def h(x):
    return x + x
