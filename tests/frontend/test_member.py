"""`x in array`, which NumPy takes for `(array == x).any()`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, refusal

SOURCE = """
def f(v, x):
    count = 0
    for k in range(2):
        if v in x:
            count += 1
    return v in x, v not in x, count
"""
M = np.array([[1.0, 2.0], [3.0, 4.0], [np.nan, 0.0]])
ARRAYS = {
    "matrix": M, "row": M[0], "float32": M.astype(np.float32), "ints": np.arange(3),
    "bytes": np.arange(3, dtype=np.uint8), "no rows": np.empty((0, 2)), "empty": np.empty(0),
    "columns": M.T, "truths": np.array([True, False]), "complex": np.array([1j, 2]),
}  # fmt: skip
SOUGHT = {
    "float": 1.0, "int": 3, "nan": np.nan, "true": True, "float32": np.float32(1), "minus": -1,
    "too large for a byte": 300, "beyond 2**53": 2**53 + 1, "complex": 1j, "a row": M[0],
    "part of a row": np.array([3.0, 9.0]), "rows": M[1:], "a column": np.ones((3, 1)),
    "a list": [1.0, 2.0], "another length": np.ones(5), "nothing": np.empty(0),
}  # fmt: skip


@pytest.mark.parametrize("x", ARRAYS.values(), ids=ARRAYS)
@pytest.mark.parametrize("v", SOUGHT.values(), ids=SOUGHT)
def test_what_is_sought_is_compared_with_each_element(v: Any, x: Any) -> None:
    assert_same(SOURCE, v, x)


@pytest.mark.parametrize("v", ((1.0, 2.0), None), ids=str)
def test_other_values_are_not_sought(v: Any) -> None:
    literal = f"\ndef f(x):\n    return {v!r} in x\n"
    assert refusal(literal, M).code == "LW103"


def test_a_row_that_was_not_chosen() -> None:
    source = """
def f(x, chosen):
    total = 0.0
    for row in x:
        if not row in chosen:
            total += row.sum()
    return total
"""
    assert_same(source, M[:2], M[:1])
    assert_same(source, M[:2], M[:0])
    assert_same(source, M[:2], np.array([[9.0, 4.0]]))


SHORT = """
def f(v, a, b):
    return v in (a, b), v in [a, 1.5], v in {a, b, 2}, v not in {b}
"""


@pytest.mark.parametrize("v", (1, 2, 3, 1.5, -0.0, True, np.nan), ids=str)
def test_a_display_is_searched_item_by_item(v: Any) -> None:
    assert_same(SHORT, v, 1, 3.0)
    assert_same(SHORT, v, 0, 2.0)


def test_one_nan_twice_is_left_to_python() -> None:
    """`x in (x,)` is true for it, as one object is sought and found."""
    assert by_kernel(SHORT, (np.nan, 1, np.nan)).failed is not None
    assert_same(SHORT, np.nan, 1, 2.0)
