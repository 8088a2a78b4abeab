"""Draws of the interpreter, from objects of any class that `types.Rng` names."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from loopwright.ir.draws import DrawMethod


def draw_number(rng: Any, method: DrawMethod, args: tuple[Any, ...]) -> Any:
    """What `Draw` binds. Raises what NumPy raises for arguments out of range."""
    if isinstance(rng, np.random.RandomState):
        rng = np.random.Generator(rng._bit_generator)
    if method != "interval":
        return getattr(rng, method)(*args)
    (top,) = map(int, args)
    if top == 0:
        return 0
    mask = 2 ** top.bit_length() - 1
    wide = mask > 2**32 - 1
    while True:
        value = _raw(rng, wide) & mask
        if value <= top:
            return value


def _raw(rng: Any, wide: bool) -> int:
    """The next 64 or 32 bits."""
    if not isinstance(rng, random.Random):
        return int(rng.integers(0, 2**64 if wide else 2**32, dtype="uint64"))
    first = rng.getrandbits(32)
    return first << 32 | rng.getrandbits(32) if wide else first
