"""A variance in one pass cancels, at rtol=1e-6."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(x: V) -> float:
    if not len(x) or not np.all(np.abs(x) < 1e150):
        raise ValueError("range")
    m = x.mean()
    return float(np.mean((x - m) ** 2))


def g(x):
    if not len(x) or not np.all(np.abs(x) < 1e150):
        raise ValueError("range")
    m = x.mean()
    return float(max(np.mean(x * x) - m * m, 0.0))


def h(x):
    if not len(x) or not np.all(np.abs(x) < 1e150):
        raise ValueError("range")
    d = x - x.mean()
    return float((d * d).sum() / len(x))
