"""A cluster without members keeps its centre."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

V = Annotated[NDArray[np.float64], "n"]
L = Annotated[NDArray[np.int64], "n"]
C = Annotated[NDArray[np.float64], "k"]


def f(x: V, label: L, centre: C) -> C:
    out = centre.copy()
    for c in range(len(centre)):
        members = x[label == c]
        if len(members):
            out[c] = members.mean()
    return out


def g(x, label, centre):
    return np.array([x[label == c].mean() for c in range(len(centre))])


def h(x, label, centre):
    return np.array(
        [x[label == c].mean() if (label == c).any() else v for c, v in enumerate(centre)]
    )
