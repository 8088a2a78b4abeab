"""Arrays of numbers whose types depend on the path."""

from __future__ import annotations

import numpy as np
import pytest

from .levelled import assert_same_on_all_levels
from .lowering import assert_same, by_kernel, refusal

GAIN = "def gain(x, t):\n    if x < t:\n        return 0\n    return x - t\n\n\n"
LISTS = {
    "a comprehension": "np.array([gain(v, t) for v in a])",
    "as an array": "np.asarray([gain(v, t) for v in a]).max()",
    "a display": "np.array([gain(a[0], t), gain(a[1], t)])",
    "a display with a float": "np.array([gain(a[0], t), 0.5])",
    "a display with a dtype": "np.array([gain(a[0], t), gain(a[1], t)], dtype=np.float64)",
}
A = np.array([3.0, 1.0, 2.0])


@pytest.mark.parametrize("value", LISTS.values(), ids=LISTS)
def test_one_float_makes_it_an_array_of_floats(value: str) -> None:
    assert_same_on_all_levels(f"{GAIN}def f(a, t):\n    return {value}\n", A, 1.5)


def test_without_a_float_it_is_left_to_the_original() -> None:
    source = f"{GAIN}def f(a, t):\n    return {LISTS['a comprehension']}\n"
    assert by_kernel(source, (A, 4.0)).failed


def test_nothing_makes_an_array_of_floats() -> None:
    source = f"{GAIN}def f(a, t):\n    return {LISTS['a comprehension']}\n"
    assert_same(source, A[:0], 4.0)


def test_a_dtype_that_no_item_has_is_declined() -> None:
    source = (
        "def f(a, b, c):\n    x = a[0]\n    if c:\n        x = b[0]\n    return np.array([x, x])\n"
    )
    args = (np.ones(2, np.uint32), np.ones(2, np.int32), True)
    assert refusal(source, *args).code == "LW302"
