"""Int8 sums wrap in a loop and not in np.sum."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray


def f(x: Annotated[NDArray[np.int8], "n"]) -> int:
    s = np.int8(0)
    for v in x:
        s = s + v
    return int(s)


def g(x: Annotated[NDArray[np.int8], "n"]) -> int:
    return int(np.sum(x))


def h(x: Annotated[NDArray[np.int8], "n"]) -> int:
    return int(np.sum(x, dtype=np.int8))
