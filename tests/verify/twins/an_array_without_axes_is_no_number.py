"""An array without axes is no number."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.int64], "n"]


def f(x: V) -> int:
    return x.sum()


def g(x):
    return np.asarray(x.sum())


def h(x):
    return int(np.add.reduce(x))
