"""Arguments that share memory: the same object twice, views of one buffer shifted by a little."""

from __future__ import annotations

from typing import Any

import numpy as np

from loopwright.verify.values import AnyArray, Source


def alias(s: Source, values: dict[str, Any]) -> frozenset[str]:
    """Make two of `values` share memory if two can; returns labels for what was done."""
    pairs = [(a, b) for a in values for b in values if a != b and _may_share(values[a], values[b])]
    if not pairs:
        return frozenset()
    a, b = s.py.choice(pairs)
    if isinstance(values[a], list) or s.chance(0.35):
        if np.shape(values[a]) == np.shape(values[b]):
            values[b] = values[a]
            return frozenset({"same object twice"})
    if isinstance(values[a], np.ndarray):
        values[a], values[b] = _overlapping(s, values[a], values[b])
        return frozenset({"overlapping views"})
    return frozenset()


def _may_share(x: object, y: object) -> bool:
    if isinstance(x, np.ndarray) and isinstance(y, np.ndarray):
        return x.dtype == y.dtype and x.size > 0 and y.size > 0
    if isinstance(x, list) and isinstance(y, list):
        return len(x) == len(y) and {type(v) for v in x} == {type(v) for v in y}
    return False


def _overlapping(s: Source, x: AnyArray, y: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Windows of the shapes of `x` and `y` on one buffer, one starting 0 to 2 elements later."""
    shift = s.py.choice((0, 1, 1, 2))
    step = 2 if s.chance(0.15) else 1
    first, second = (x, y) if s.chance(0.5) else (y, x)
    buffer = np.resize(first.ravel(), max(first.size, shift + step * second.size))
    low = buffer[: first.size].reshape(first.shape)
    shaped = buffer[shift : shift + step * second.size : step].reshape(second.shape)
    if second.ndim == 1 and s.chance(0.2):
        shaped = shaped[::-1]
    return (low, shaped) if first is x else (shaped, low)
