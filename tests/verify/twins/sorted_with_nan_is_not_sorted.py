"""Sorted with NaN is not sorted."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> list[float]:
    return sorted(x.tolist())


def g(x):
    return np.sort(x).tolist()


def h(x):
    y = x.tolist()
    y.sort()
    return y
