"""Reshape of a gap is a copy."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

M = Annotated[NDArray[np.int64], "n m"]


def f(a: M) -> None:
    a.reshape(-1)[:1] = 7


def g(a):
    if a.size:
        a[0, 0] = 7


def h(a):
    a.reshape(a.size)[:1] = 7
