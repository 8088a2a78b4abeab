"""Builtin `sum` of arrays: the first makes an array of the start, and without any it stays a number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, refusal

M = np.arange(12.0).reshape(4, 3) / 7
ROWS = {
    "float64": M, "float32": M.astype(np.float32), "bool": M > 0.5, "one row": M[:1],
    "int8": np.arange(100, 112, dtype=np.int8).reshape(4, 3), "columns": M.T.copy().T,
    "planes": np.arange(24).reshape(2, 3, 4),
}  # fmt: skip
SUMS = (
    "sum(x)", "sum(x, 0)", "sum(x, start=0.5)", "sum(x, True)", "sum(x, np.float64(1))",
    "sum(row * 2 for row in x)", "sum([row for row in x])", "sum(a * b for a, b in zip(x, w))",
    "sum(x[i] * i for i in range(len(x)))", "sum(x[i] for i in range(len(x) - 1, -1, -2))",
    "sum(reversed(x))", "sum(row for _, row in enumerate(x))", "sum(sum(x))", "sum(x.T)",
    "sum(x[i:i + 1] for i in range(len(x)))", "sum(x)[:, None] / len(x)",
)  # fmt: skip


@pytest.mark.parametrize("x", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("total", SUMS)
def test_arrays_are_added_one_after_the_other(total: str, x: Any) -> None:
    assert_same(f"\ndef f(x, w):\n    return {total}\n", x, np.array([1.0, 2.0, 3.0, 0.5]))


def test_the_sum_of_no_arrays_is_left_to_the_original() -> None:
    source = "\ndef f(x):\n    return sum(x)\n"
    assert by_kernel(source, (M[:0],)).failed == "the sum of no arrays is a number"


def test_an_array_to_begin_with_may_stay_alone() -> None:
    assert_same("\ndef f(x):\n    return sum(x, np.ones(3))\n", M)
    assert_same("\ndef f(x):\n    return sum(x, np.ones(3))\n", M[:0])


def test_rows_are_not_changed_and_the_total_is_new() -> None:
    source = """
def f(x):
    for k in range(2):
        total = sum(x[k:])
        total += 1
        x[k, 0] = sum(total)
    return total
"""
    assert_same(source, M)


@pytest.mark.parametrize(
    "total",
    ("sum(row for row in x if row[0] > 1)", "sum(a + x for row in x for a in row)"),
)
def test_which_is_the_first_must_be_known(total: str) -> None:
    assert refusal(f"\ndef f(x):\n    return {total}\n", M).code == "LW103"
