"""A recurrence does not run backwards."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.int64], "n"]


def f(x: V) -> None:
    for i in range(1, len(x)):
        x[i] += x[i - 1]


def g(x):
    for i in range(len(x) - 1, 0, -1):
        x[i] += x[i - 1]


def h(x):
    s = 0
    for i in range(len(x)):
        if i:
            x[i] = x[i] + s
        s = x[i]
