"""The sign of nothing."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> V:
    return np.sign(x)


def g(x):
    return np.where(x > 0, 1.0, np.where(x < 0, -1.0, 0.0))


def h(x):
    return np.where(x > 0, 1.0, np.where(x < 0, -1.0, np.where(x == 0, 0.0, np.nan)))
