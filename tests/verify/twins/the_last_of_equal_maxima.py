"""The last of equal maxima."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Ints = Annotated[NDArray[np.int64], "n"]


def f(x: Ints) -> int:
    return int(np.argmax(x)) if len(x) else -1


def g(x):
    return len(x) - 1 - int(np.argmax(x[::-1])) if len(x) else -1


def h(x):
    return max(range(len(x)), key=lambda i: (x[i], -i), default=-1)
