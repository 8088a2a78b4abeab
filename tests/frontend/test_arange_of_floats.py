"""`np.arange` of floats, bit by bit on all levels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from .levelled import assert_same_on_all_levels

RANGES: dict[str, tuple[Any, Any, Any]] = {
    "a step that is no binary fraction": (0.0, 1.0, 0.1),
    "an end that a step meets by rounding": (0.1, 0.7, 0.2),
    "ints beside a float": (1, 5.0, 1),
    "a float step of ints": (0, 10, 0.5),
    "a NumPy float": (np.float64(0.25), 4, 2),
    "a negative step": (5.0, 1.0, -0.7),
    "no elements": (3.0, 1.0, 0.5),
    "equal ends": (1.0, 1.0, 0.3),
    "a negative zero": (-0.0, 2.0, 1.0),
    "steps that rounding changes": (1e16, 1e16 + 20, 1.5),
    "many elements": (0.3, 100.7, 1 / 3),
    "a quotient that underflows": (0.0, 1e-300, 1e10),
    "an end that is NaN": (0.0, math.nan, 1.0),
    "an infinite end": (0.0, math.inf, 1.0),
    "a step of zero": (0.0, 1.0, 0.0),
}


@pytest.mark.parametrize("ends", RANGES.values(), ids=RANGES)
def test_every_bit_is_numpys(ends: tuple[Any, Any, Any]) -> None:
    source = """
import numpy as np
def f(start, stop, step):
    x = np.arange(start, stop, step)
    return x, np.sum(x * 2.0)
"""
    assert_same_on_all_levels(source, *ends)
