"""Slices whose bounds are variables with a minus."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .levelled import assert_same_on_all_levels
from .lowering import by_kernel

CASES: dict[str, str] = {
    "the last ones": "s = s * 1.1 + np.min(x[-m:] * 2.0)",
    "all but the last": "s = s * 1.1 + np.sum(x[:-m])",
    "between two": "s = s * 1.1 + np.sum(x[-m - 2:-m] - 1.0)",
    "a step": "s = s * 1.1 + np.sum(x[-2 * m::2])",
    "stores": "x[-m:] = np.maximum(x[-m:], s)\n        x[:-m] += 0.5\n        s = x[0] + x[-1]",
    "rows": "s = s * 1.1 + np.sum(np.outer(x, x)[-m:, :-m])",
}


def _function(body: str) -> str:
    return f"""
import numpy as np
def f(x, first, last):
    s = 0.0
    for m in range(first, last):
        {body}
    return s
"""


@pytest.mark.parametrize("body", CASES.values(), ids=CASES)
@pytest.mark.parametrize("ends", [(1, 5), (3, 12)], ids=["inside", "far beyond the start"])
def test_the_kernel_does_what_the_function_does(body: str, ends: tuple[int, int]) -> None:
    args: tuple[Any, ...] = (np.random.default_rng(0).normal(size=7), *ends)
    assert_same_on_all_levels(_function(body), *args)
    assert not by_kernel(_function(body), args).failed


def test_no_minus_zero_is_taken_for_the_end() -> None:
    text = _function("s = s * 1.1 + np.sum(x[-m:]) - np.sum(x[:-m])")
    assert_same_on_all_levels(text, np.arange(5.0), 0, 3)
    assert_same_on_all_levels(text, np.empty(0), 0, 3)


MAYBE = """
import numpy as np
def f(x, a, b):
    lo = None if a == 0 else a
    hi = None if b == 0 else -b
    x[lo:hi] += 1.0
    y = np.outer(x, x)[:, lo:hi]
    return x[:hi:2].sum() + x[lo:].sum(), y.sum(), y.shape[1]
"""


@pytest.mark.parametrize("a", [0, 2, -3])
@pytest.mark.parametrize("b", [0, 1, 3, -2, 9])
def test_a_bound_may_be_none_on_some_paths(a: int, b: int) -> None:
    args: tuple[Any, ...] = (np.arange(6.0), a, b)
    assert_same_on_all_levels(MAYBE, *args)
    assert not by_kernel(MAYBE, args).failed


def test_a_slice_that_goes_back_leaves_none_to_the_original() -> None:
    text = "def f(x, a):\n    lo = None if a == 0 else a\n    return x[lo::-1].sum() + x[lo::a + 1].sum()\n"
    assert_same_on_all_levels(text, np.arange(6.0), 3)
    assert by_kernel(text, (np.arange(6.0), 0)).failed
