"""Two NaN are one distinct value."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> int:
    return len(np.unique(x))


def g(x):
    return len(np.unique(x, equal_nan=False))


def h(x):
    return len(np.unique(x[~np.isnan(x)])) + int(np.isnan(x).any())
