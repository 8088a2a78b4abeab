"""The dtype of the result."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Ints = Annotated[NDArray[np.int64], "n"]


def f(x: Ints) -> NDArray[np.float64]:
    return x / 2


def g(x):
    return (x / 2).astype(np.float32)


def h(x):
    return np.true_divide(x, 2)
