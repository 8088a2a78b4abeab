"""The difference of two bytes."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.uint8], "n"]


def f(a: V, b: V) -> list[int]:
    return [abs(int(p) - int(q)) for p, q in zip(a, b, strict=True)]


def g(a, b):
    return np.abs(a - b).tolist()


def h(a, b):
    return (np.maximum(a, b) - np.minimum(a, b)).tolist()
