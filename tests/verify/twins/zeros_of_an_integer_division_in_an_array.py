"""Zeros of an integer division in an array."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.int64], "n"]


def f(a: V, b: V) -> list[int]:
    return [p // q for p, q in zip(a.tolist(), b.tolist(), strict=True)]


def g(a, b):
    return (a // b).tolist()


def h(a, b):
    if np.any(b == 0):
        raise ZeroDivisionError
    return [divmod(p, q)[0] for p, q in zip(a.tolist(), b.tolist(), strict=True)]
