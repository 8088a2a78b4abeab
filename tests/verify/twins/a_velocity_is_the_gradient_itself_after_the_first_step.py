"""A velocity is the gradient itself after the first step."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]


def f(grads: list[float], mu: float) -> list[float]:
    v = 0.0
    out = []
    for d in grads:
        v = mu * v + d
        out.append(v)
    return out


def g(grads, mu):
    v = None
    out = []
    for d in grads:
        v = d if v is None else mu * v + d
        out.append(v)
    return out


def h(grads, mu):
    out, v = [], 0.0
    for k in range(len(grads)):
        v = grads[k] + v * mu
        out += [v]
    return out
