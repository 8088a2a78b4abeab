"""Lists of numbers to arrays and back, exact or not at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.runtime import lists

ROW = [1.0, 2.0]
TAKEN = {
    "floats": ([1.0, -0.0, float("inf")], float, 1),
    "ints": ([1, -(2**62)], int, 1),
    "bools": ([True, False], bool, 1),
    "complex numbers": ([1j, 2.0 + 0j], complex, 1),
    "an empty list": ([], float, 1),
    "rows": ([[1, 2, 3], [4, 5, 6]], int, 2),
    "no rows": ([], int, 2),
    "empty rows": ([[], []], int, 2),
    "NumPy scalars": ([np.float64(0.5), np.float64(-0.0)], np.float64, 1),
    "rows of NumPy scalars": ([[np.int8(1)], [np.int8(2)]], np.int8, 2),
    "NumPy bools": ([np.True_, np.False_], np.bool_, 1),
    "three levels": ([[[1.0], [2.0]], [[3.0], [4.0]]], float, 3),
}


@pytest.mark.parametrize("case", TAKEN.values(), ids=TAKEN)
def test_there_and_back(case: tuple[list[Any], type, int]) -> None:
    values, kind, ndim = case
    array = lists.to_array(values, kind, ndim)
    assert array is not None and array.ndim == ndim and array.flags.c_contiguous
    rows = list(values)
    wanted = repr(values)
    lists.write_back(values, array, issubclass(kind, np.generic))
    assert repr(values) == wanted
    assert all(a is b for a, b in zip(rows, values, strict=True)) or ndim == 1


REFUSED = {
    "an int among floats": ([1.0, 2], float, 1),
    "a bool among ints": ([1, True], int, 1),
    "a NumPy scalar among floats": ([1.0, np.float64(2.0)], float, 1),
    "a float among NumPy scalars": ([np.float64(1.0), 2.0], np.float64, 1),
    "another NumPy scalar": ([np.float64(1.0), np.float32(2.0)], np.float64, 1),
    "an int beyond 64 bits": ([2**63], int, 1),
    "rows of different length": ([[1.0], [1.0, 2.0]], float, 2),
    "a row twice": ([ROW, ROW], float, 2),
    "a tuple as row": ([(1.0,), (2.0,)], float, 2),
    "a tuple": ((1.0, 2.0), float, 1),
    "an array": (np.zeros(2), float, 1),
    "rows where numbers are expected": ([[1.0]], float, 1),
    "numbers where rows are expected": ([1.0], float, 2),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_refused(case: tuple[Any, type, int]) -> None:
    assert lists.to_array(*case) is None


def test_a_subclass_of_list_is_refused() -> None:
    assert lists.to_array(type("Own", (list,), {})([1.0]), float) is None


def test_ints_out_of_the_guarded_range_are_refused() -> None:
    assert lists.to_array([0, 11], int, 1, (-10, 10)) is None
    assert lists.to_array([-11], int, 1, (-10, 10)) is None
    assert lists.to_array([-10, 10], int, 1, (-10, 10)) is not None


def test_elements_are_made_of_those_of_several_columns() -> None:
    values, tags = np.array([[1.0, 2.0], [0.0, 3.0]]), np.array([[0, 1], [1, 2]])

    def make(value: float, tag: int) -> object:
        return (int, np.float64, float)[tag](value)

    made = lists.rows(make, values, tags, ndim=2)
    assert repr(made) == repr([[1, np.float64(2.0)], [np.float64(0.0), 3.0]])
    assert lists.rows(make, values[:0, 0], tags[:0, 0]) == []
    assert repr(lists.rows(None, values[0], tags[1])) == "[(1.0, 1), (2.0, 2)]"


def test_apart_looks_at_rows() -> None:
    a, b = [[1.0], [2.0]], [[3.0], [4.0]]
    assert lists.apart(a, 2, ((b, 2),))
    assert not lists.apart(a, 2, ((a, 2),))
    assert not lists.apart(a, 2, ((b, 2), (a[1], 1)))
    assert not lists.apart(a[0], 1, ((a, 2),))
