"""One negative zero among positive numbers."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> bool:
    return bool(np.signbit(x[~np.isnan(x)]).any())


def g(x):
    return bool((x < 0.0).any())


def h(x):
    y = x[~np.isnan(x)]
    return bool(((y < 0.0) | ((y == 0.0) & (np.copysign(1.0, y) < 0.0))).any())
