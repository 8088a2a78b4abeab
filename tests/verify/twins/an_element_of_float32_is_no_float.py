"""An element of float32 is no float."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float32], "n"]


def f(x: V) -> np.float32:
    return x[0] * 2


def g(x):
    return float(x[0]) * 2


def h(x):
    return x[0] + x[0]
