"""A block loop forgets the tail."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Ints = Annotated[NDArray[np.int64], "n"]


def f(x: Ints) -> int:
    s = 0
    for v in x.tolist():
        s += v
    return s


def g(x):
    s = 0
    for k in range(0, len(x) // 16 * 16, 16):
        s += sum(x[k : k + 16].tolist())
    return s if len(x) >= 16 else sum(x.tolist())


def h(x):
    return sum(sum(x[k : k + 16].tolist()) for k in range(0, len(x), 16))
