"""Int32 and float32 make float64."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

A = Annotated[NDArray[np.int32], "n"]
B = Annotated[NDArray[np.float32], "n"]


def f(a: A, b: B) -> NDArray[np.float64]:
    return a + b


def g(a, b):
    return a.astype(np.float32) + b


def h(a, b):
    return a.astype(np.float64) + b
