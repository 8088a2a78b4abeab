"""Axes are counted from the other end."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

M = Annotated[NDArray[np.float64], "n m k"]


def f(a: M) -> NDArray[np.float64]:
    return a.max(axis=-1) if a.size else a.sum(axis=-1)


def g(a):
    return a.max(axis=1) if a.size else a.sum(axis=1)


def h(a):
    return a.max(axis=2) if a.size else a.sum(axis=2)
