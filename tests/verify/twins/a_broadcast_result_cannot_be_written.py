"""A broadcast result cannot be written."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> NDArray[np.float64]:
    return np.repeat(x[None, :], 3, axis=0)


def g(x):
    return np.broadcast_to(x, (3, len(x)))


def h(x):
    return np.broadcast_to(x, (3, len(x))).copy()
