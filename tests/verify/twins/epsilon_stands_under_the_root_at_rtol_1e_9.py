"""Epsilon stands under the root, at rtol=1e-9."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> V:
    return (x - x.mean()) / np.sqrt(x.var() + 1e-5)


def g(x):
    return (x - x.mean()) / (np.sqrt(x.var()) + 1e-5)


def h(x):
    c = x - x.mean()
    return c * (1 / np.sqrt(np.mean(c * c) + 1e-5))
