"""The least int64 has no absolute value."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Ints = Annotated[NDArray[np.int64], "n"]


def f(x: Ints) -> int:
    return max([abs(v) for v in x.tolist()], default=0)


def g(x):
    return int(np.abs(x).max(initial=0))


def h(x):
    return max(int(x.max(initial=0)), -int(x.min(initial=0)))
