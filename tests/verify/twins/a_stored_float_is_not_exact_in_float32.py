"""A stored float is not exact in float32."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vec = Annotated[NDArray[np.float64], "n"]


def f(x: Vec) -> float:
    return float(x.astype(np.float64).min()) if x.size else 0.0


def g(x):
    return float(x.astype(np.float32).min()) if x.size else 0.0


def h(x):
    return float(np.min(x, initial=np.inf)) if x.size else 0.0
