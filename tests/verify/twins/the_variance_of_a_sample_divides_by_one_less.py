"""The variance of a sample divides by one less."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> float:
    return x.var()


def g(x):
    return x.var(ddof=1)


def h(x):
    return np.var(x, ddof=0)
