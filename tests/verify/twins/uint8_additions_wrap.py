"""Uint8 additions wrap."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray


def f(
    a: Annotated[NDArray[np.uint8], "n"], b: Annotated[NDArray[np.uint8], "n"]
) -> NDArray[np.uint8]:
    return a + b


def g(a, b):
    return (a.astype(int) + b).clip(0, 255).astype(np.uint8)


def h(a, b):
    return ((a.astype(int) + b) % 256).astype(np.uint8)
