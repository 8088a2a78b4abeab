"""A tuple of any length as the subscript of an array: one number for each axis."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ..splice.dispatching import agrees, guarded
from .lowering import assert_same, refusal

X = np.arange(24.0).reshape(2, 3, 4)
M = np.arange(12.0).reshape(3, 4)
V = np.array([5, 7, 9])
CORNERS = np.array([[0, 1, 2], [1, -1, -4], [1, 2, 3]])

CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "the row of a matrix": (
        """
def f(x, rows):
    total = 0.0
    for r in range(len(rows)):
        total += x[tuple(rows[r])]
    return total
""",
        (X, CORNERS),
    ),
    "the type of what is read": ("def f(x, row):\n    return x[tuple(row)]", (M, np.array([1, 2]))),
    "a list from outside": ("def f(x, row):\n    return x[tuple(row)]", (M, [2, -1])),
    "a list that the function makes": (
        """
def f(x, n):
    at = [n]
    at.append(2)
    first = x[tuple(at)]
    at.pop()
    at.append(-1)
    return first, x[tuple(at)]
""",
        (M, 1),
    ),
    "an array with one axis": ("def f(x, row):\n    return x[tuple(row)]", (V, np.array([-2]))),
    "numbers that are computed": (
        "def f(x, row, n):\n    return x[tuple(row * 2 - n)], x[tuple([k + n for k in row])]",
        (M, np.array([1, 1]), 1),
    ),
    "small and unsigned integers": (
        "def f(x, a, b):\n    return x[tuple(a)], x[tuple(b)]",
        (M, np.array([1, -1], dtype=np.int8), np.array([1, 2], dtype=np.uint32)),
    ),
    "a part that is written to": (
        """
def f(x, rows):
    y = x.copy()
    for k in range(len(rows)):
        y[tuple(rows[k])] = k
        y[tuple(rows[k, :3])] *= 2.0
    return y
""",
        (X, CORNERS),
    ),
    "an array that is its own index": (
        "def f(x):\n    x[tuple(x)] = 3\n    x[tuple(x - 3)] += 1\n    return x",
        (np.array([0]),),
    ),
    "an index that changes later": (
        """
def f(x, row):
    a = x[tuple(row)]
    row[0] = 2
    return a, x[tuple(row)]
""",
        (M, np.array([1, 2])),
    ),
    "a display": ("def f(x, i):\n    return x[tuple([i, 2])], x[tuple([i])].sum()", (M, 1)),
    "a display as a tuple": ("def f(i):\n    a = tuple([i, 2.5])\n    return a[1], a", (1,)),
    "a tuple of a tuple": ("def f(x):\n    a = tuple(x.shape)\n    return a", (M,)),
    "a position out of range": ("def f(x, row):\n    return x[tuple(row)]", (M, np.array([1, 4]))),
}


@pytest.mark.parametrize("name", CASES)
def test_one_number_for_each_axis(name: str) -> None:
    source, args = CASES[name]
    assert_same(source, *args)


def test_a_tuple_from_outside_of_any_length() -> None:
    source = """
def f(x, points):
    total = 0.0
    for p in points:
        total += x[p]
    return total
"""
    case = guarded(source, "f", M, [(0, 1), (2, 3)])
    assert agrees(case, M, [(0, 1), (2, 3)])


def test_a_tuple_of_another_length_runs_the_original() -> None:
    source = "def f(x, row):\n    return x[tuple(row)]"
    for row in (np.array([1, 2]), [1, 2]):
        case = guarded(source, "f", M, row)
        make = type(row) if isinstance(row, list) else np.array
        assert agrees(case, M, make([0, -1]))
        assert not agrees(case, M, make([1]))
        assert not agrees(case, M, make([1, 2, 3]))
        assert not agrees(case, M, make([5, 5]))
        assert not agrees(case, M, make([True, False]))


def test_nothing_is_written_where_the_length_differs() -> None:
    source = """
def f(x, rows):
    for row in rows:
        x[tuple(row)] = -1.0
"""
    case = guarded(source, "f", M.copy(), [[0, 1], [1, 2]])
    assert agrees(case, M.copy(), [[0, 1], [2, 2]])
    assert not agrees(case, M.copy(), [[0], [2]])


def test_what_is_no_number_for_each_axis_is_declined() -> None:
    source = "def f(x, row):\n    return x[tuple(row)]"
    assert refusal(source, M, np.array([True, False, True])).code == "LW304"
    assert refusal(source, M, [True, False]).code == "LW304"
    assert refusal(source, M, np.array([1.0, 0.0])).code == "LW304"
    assert "rows" in refusal(source, M, CORNERS).why
    assert refusal("def f(row):\n    return tuple(row)", [1, 2]).code == "LW102"


def test_a_function_called_tuple_is_not_the_builtin() -> None:
    source = """
def f(x, row):
    tuple = lambda r: r[0]
    return x[tuple(row)]
"""
    assert_same(source, V, np.array([1, 2]))
