"""The mean of halves is taken in float32."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

H = Annotated[NDArray[np.float16], "n"]


def f(x: H) -> np.float16:
    return np.mean(x)


def g(x):
    return np.float16(np.sum(x)) / np.float16(len(x))


def h(x):
    return np.float16(np.mean(x, dtype=np.float32))
