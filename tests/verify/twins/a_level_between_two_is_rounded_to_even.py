"""A level between two is rounded to even."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float32], "n"]


def f(x: V, scale: float) -> NDArray[np.int8]:
    return np.clip(np.round(x / np.float32(scale)), -128, 127).astype(np.int8)


def g(x, scale):
    return np.clip(np.floor(x / np.float32(scale) + np.float32(0.5)), -128, 127).astype(np.int8)


def h(x, scale):
    return np.minimum(np.maximum(np.rint(x / np.float32(scale)), -128), 127).astype(np.int8)
