"""Rows of a sparse matrix that are empty."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

S = Annotated[NDArray[np.int64], "k"]
C = Annotated[NDArray[np.int64], "n"]
V = Annotated[NDArray[np.int64], "n"]


def f(start: S, column: C, value: V) -> list[int]:
    n = len(value)
    if len(start) < 2 or start[0] != 0 or start[-1] != n or np.any(start[1:] < start[:-1]):
        raise ValueError("offsets")
    out = []
    for i in range(len(start) - 1):
        s = 0
        for k in range(start[i], start[i + 1]):
            s += int(value[k]) * int(column[k])
        out.append(s)
    return out


def g(start, column, value):
    n = len(value)
    if len(start) < 2 or start[0] != 0 or start[-1] != n or np.any(start[1:] < start[:-1]):
        raise ValueError("offsets")
    both = np.append(value.astype(object) * column.astype(object), 0)
    return np.add.reduceat(both, start[:-1]).tolist()


def h(start, column, value):
    n = len(value)
    if len(start) < 2 or start[0] != 0 or start[-1] != n or np.any(start[1:] < start[:-1]):
        raise ValueError("offsets")
    both = [p * q for p, q in zip(value.tolist(), column.tolist(), strict=True)]
    return [sum(both[a:b]) for a, b in zip(start[:-1].tolist(), start[1:].tolist(), strict=True)]
