"""Elements in the order of memory."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Matrix = Annotated[NDArray[np.float64], "n m"]


def f(x: Matrix) -> NDArray[np.float64]:
    return x.ravel().copy()


def g(x):
    return x.ravel(order="K").copy()


def h(x):
    return np.ascontiguousarray(x).reshape(-1).copy()
