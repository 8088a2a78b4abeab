"""A cube is rounded once by pow and twice by two products."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> V:
    return x**2 + x**3


def g(x):
    return x * x + x * x * x


def h(x):
    return x * x + np.power(x, 3)
