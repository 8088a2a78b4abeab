"""Two results are one array."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> tuple[V, V]:
    y = x * 2
    return y, y


def g(x):
    return x * 2, x * 2


def h(x):
    y = x + x
    return (y,) * 2
