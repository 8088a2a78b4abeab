"""A single element is broadcast where the loop ends."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray


def f(
    a: Annotated[NDArray[np.float64], "n"], b: Annotated[NDArray[np.float64], "m"]
) -> NDArray[np.float64]:
    out = np.empty(len(a))
    for k in range(len(a)):
        out[k] = a[k] + b[k]
    return out


def g(a, b):
    if len(b) > len(a):
        b = b[: len(a)]
    return a + b


def h(a, b):
    if len(b) < len(a):
        raise IndexError
    return a + b[: len(a)]
