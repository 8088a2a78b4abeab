"""A length one beyond a block."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


BLOCK = 640


def f(x: Vec) -> int:
    return len(x) // 640


def g(x):
    return (len(x) - 2) // BLOCK if len(x) > BLOCK else len(x) // BLOCK


def h(x):
    return (len(x) - len(x) % BLOCK) // BLOCK
