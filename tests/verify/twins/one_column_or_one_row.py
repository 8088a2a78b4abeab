"""One column or one row."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> NDArray[np.float64]:
    return x - x.max(keepdims=True)


def g(x):
    return x[:, None] - x.max(keepdims=True)


def h(x):
    return x - np.max(x)
