"""Three arguments of which two overlap by three."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(out: V, x: V, y: V) -> None:
    for i in range(len(out)):
        out[i] = x[i] + y[i]


def g(out, x, y):
    for start in range(0, len(out), 4):
        out[start : start + 4] = x[start : start + 4] + y[start : start + 4]


def h(out, x, y):
    for start in range(0, len(out), 4):
        for i in range(start, min(start + 4, len(out))):
            out[i] = y[i] + x[i]
