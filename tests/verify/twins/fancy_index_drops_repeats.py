"""Fancy-index += drops repeats."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray


def f(idx: Annotated[NDArray[np.uint8], "n"]) -> NDArray[np.float64]:
    out = np.zeros(256)
    for i in idx:
        out[i] += 1.0
    return out


def g(idx):
    out = np.zeros(256)
    out[idx] += 1.0
    return out


def h(idx):
    return np.bincount(idx, minlength=256).astype(float)
