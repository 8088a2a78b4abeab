"""Int32 products wrap in np.dot."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.int32], "n"]


def f(a: V, b: V) -> int:
    return sum(int(p) * int(q) for p, q in zip(a, b, strict=True))


def g(a, b):
    return int(np.dot(a, b))


def h(a, b):
    s = 0
    for p, q in zip(a.tolist(), b.tolist(), strict=True):
        s += p * q
    return s
