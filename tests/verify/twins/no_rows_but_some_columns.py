"""No rows but some columns."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Matrix = Annotated[NDArray[np.float64], "n m"]


def f(x: Matrix) -> NDArray[np.float64]:
    return x.sum(axis=0)


def g(x):
    return np.array([row for row in x]).sum(axis=0) if len(x) else np.zeros(0)


def h(x):
    return np.add.reduce(x, axis=0)
