"""Arguments that share memory: the same object twice, views of one buffer shifted by a little."""

from __future__ import annotations

from typing import Any

import numpy as np

from loopwright.verify.call import Call
from loopwright.verify.codec import AnyArray

_SHIFTS = (0, 1, 1, 2)


def alias(call: Call, values: dict[str, Any]) -> None:
    """Make two of `values` share memory if two can; a label of the call tells what was done."""
    pairs = [(a, b) for a in values for b in values if a != b and _may_share(values[a], values[b])]
    if not pairs:
        return
    a, b = call.pick(pairs)
    x, y = values[a], values[b]
    if isinstance(x, list) or (x.shape == y.shape and call.chance(0.35)):
        values[b] = x
        call.labels.add("same object twice")
    else:
        values[a], values[b] = _overlapping(call, x, y)
        call.labels.add("overlapping views")


def _may_share(x: object, y: object) -> bool:
    if isinstance(x, np.ndarray) and isinstance(y, np.ndarray):
        return x.dtype == y.dtype and x.size > 0 and y.size > 0
    if isinstance(x, list) and isinstance(y, list):
        return len(x) == len(y) and {type(v) for v in x} == {type(v) for v in y}
    return False


def _overlapping(call: Call, x: AnyArray, y: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Windows of the shapes of `x` and `y` on one buffer, one starting 0 to 2 elements later."""
    shift = call.pick(_SHIFTS)
    step = 2 if call.chance(0.15) else 1
    first, second = (y, x) if call.chance(0.5) else (x, y)
    buffer = np.resize(first.ravel(), max(first.size, shift + step * second.size))
    low = buffer[: first.size].reshape(first.shape)
    shaped = buffer[shift : shift + step * second.size : step].reshape(second.shape)
    if second.ndim == 1 and call.chance(0.2):
        shaped = shaped[::-1]
    return (low, shaped) if first is x else (shaped, low)
