"""The median of an even number of elements."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> float:
    s = np.sort(x)
    m = len(s) // 2
    if len(s) % 2:
        return s[m]
    return (s[m - 1] + s[m]) / 2


def g(x):
    s = np.sort(x)
    return s[len(s) // 2]


def h(x):
    s = np.sort(x)
    m, odd = divmod(len(s), 2)
    return s[m] if odd else (s[m] + s[m - 1]) * 0.5
