"""A sum in another order rounds differently."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> float:
    s = 0.0
    for v in x:
        s += v
    return s


def g(x: Vec) -> float:
    return 0.0 + np.sum(x)


def h(x: Vec) -> float:
    return np.cumsum(np.append(0.0, x))[-1] if len(x) else 0.0
