"""A negation is no subtraction from zero."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> V:
    return np.negative(x)


def g(x):
    return 0.0 - x


def h(x):
    return x * -1.0
