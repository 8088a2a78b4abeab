"""Running sums of int8 are int64."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.int8], "n"]


def f(x: V) -> NDArray[np.int64]:
    return np.cumsum(x)


def g(x):
    return np.cumsum(x, dtype=np.int8).astype(np.int64)


def h(x):
    return np.cumsum(x.astype(np.int64))
