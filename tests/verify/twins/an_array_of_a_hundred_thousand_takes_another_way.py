"""An array of a hundred thousand takes another way."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.int64], "n"]


def f(x: V) -> V:
    return np.cumsum(x)


def g(x):
    if len(x) > 100_000:
        return np.concatenate([np.cumsum(x[:100_000]), np.cumsum(x[100_000:])])
    return np.cumsum(x)


def h(x):
    if len(x) > 100_000:
        head = np.cumsum(x[:100_000])
        return np.concatenate([head, head[-1] + np.cumsum(x[100_000:])])
    return np.cumsum(x)
