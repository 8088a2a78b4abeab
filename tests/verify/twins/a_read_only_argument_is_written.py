"""A read-only argument is written."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> float:
    return float(np.sort(x)[0]) if x.size else 0.0


def g(x):
    if not x.size:
        return 0.0
    x.sort()
    return float(x[0])


def h(x):
    return float(np.sort(x.copy())[0]) if len(x) else 0.0
