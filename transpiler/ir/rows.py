"""Lists of rows (`types.Ragged`) and strings (`types.Chars`) as programs take them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from loopwright.ir.types import Array, Chars, Ragged


def joined_rows(t: Ragged, rows: Sequence[Any]) -> Any:
    """The value of the first parameter of a `Ragged` live-in: a list, or an array."""
    if isinstance(t.rows, Chars):
        return codes_of("".join(rows))
    if isinstance(t.rows, Array):
        return np.concatenate(rows) if rows else np.empty((0,) * t.rows.ndim, t.rows.dtype)
    return [item for row in rows for item in row]


def codes_of(text: str) -> Any:
    """The code points of a string."""
    return np.array(list(map(ord, text)), np.uint32)


def row_bounds(rows: Sequence[Any]) -> list[list[int]]:
    """The value of the second."""
    ends = list(accumulate(map(len, rows), initial=0))
    return [[low, high] for low, high in pairwise(ends)]
