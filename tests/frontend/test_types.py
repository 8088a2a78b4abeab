"""Tests of types, which are decided where the code is lowered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, refusal

HEAD = """
import collections
import numbers
from collections.abc import Sequence
"""
VALUES: dict[str, Any] = {
    "int": 3, "bool": True, "float": 2.5, "float64": np.float64(2), "int64": np.int64(3),
    "float32": np.float32(1), "complex": 1j, "array": np.ones(3), "list": [1, 2], "tuple": (1, 2.0),
    "rows": [[1], [2, 3]], "rng": np.random.default_rng(1),
}  # fmt: skip
CLASSES = (
    "int", "float", "bool", "complex", "list", "tuple", "dict", "str", "np.ndarray", "np.integer",
    "np.floating", "np.generic", "np.float64", "numbers.Number", "numbers.Integral", "Sequence",
    "collections.abc.Sized", "np.random.Generator", "type(None)", "object",
)  # fmt: skip
SEVERAL = ("(int, float)", "((list, tuple), np.ndarray)", "int | float", "int | None")


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_each_value_is_of_its_classes_and_of_no_others(value: Any) -> None:
    tests = [f"isinstance(x, {name})" for name in (*CLASSES, *SEVERAL)]
    tests += [f"type(x) {op} {name}" for op in ("is", "is not", "==", "!=") for name in CLASSES]
    tests += ["type(x) in (int, list, np.float64)", "type(x) not in [float, np.ndarray]"]
    assert_same(f"{HEAD}\ndef f(x):\n    return [{', '.join(tests)}]\n", value)


SUM = """
def f(xs):
    total = 0
    for x in xs:
        if isinstance(x, (int, float)) and not isinstance(x, bool):
            total += x
        else:
            total += 100
    return total
"""


@pytest.mark.parametrize("xs", ([1, 2], [True, False], [1.5], np.ones(2), np.arange(3)), ids=str)
def test_elements_are_told_by_their_type(xs: Any) -> None:
    assert_same(SUM, xs)


NOT_LOWERED = """
from collections.abc import Sequence

def f(xs, low):
    if not isinstance(low, Sequence):
        low = repeat_for_ever(low, **options)
    elif len(low) < len(xs):
        raise IndexError("%d" % len(low))
    total = 0.0
    for x, y in zip(xs, low):
        z = y if isinstance(y, float) else str(y)
        total += x * z
    return total
"""


@pytest.mark.parametrize("low", ([3.0, 4.0], [3.0]), ids=("long enough", "too short"))
def test_the_branch_that_is_not_taken_may_be_anything(low: list[float]) -> None:
    assert_same(NOT_LOWERED, [1.0, 2.0], low)


def test_the_branch_that_is_taken_is_lowered() -> None:
    assert refusal(NOT_LOWERED, [1.0, 2.0], 3.0).code == "LW102"


HELPER = """
def distance(a, b):
    if isinstance(a, list) and isinstance(b, list):
        a, b = np.array(a), np.array(b)
    return math.sqrt(((a - b) ** 2).sum())

def f(rows, point):
    return [distance(row, point) for row in rows]
"""


@pytest.mark.parametrize("rows", (np.ones((3, 2)), [[1.0, 2.0], [3.0, 4.0]]), ids=("array", "list"))
@pytest.mark.parametrize("point", (np.zeros(2), [0.5, 1.5]), ids=("array", "list"))
def test_each_form_of_a_helper_has_its_own_answer(rows: Any, point: Any) -> None:
    assert_same(HELPER, rows, point)


@pytest.mark.parametrize("n", (0, 3, 8))
def test_what_differs_from_path_to_path_is_tested_when_it_runs(n: int) -> None:
    source = """
def f(n):
    best, row, total = None, None, 0
    for i in range(n):
        if isinstance(best, int) and best > 1:
            total += best
        if not isinstance(best, (float, type(None))):
            total += 10
        if isinstance(row, np.ndarray):
            total += int(row[0])
        if not isinstance(row, (list, type(None))):
            total += 1000
        if i > 1:
            row = np.full(2, i)
        best = i if i == 2 else None if i == 4 else 2.5 if i == 5 else best
    return total
"""
    assert_same(source, n)


def test_a_type_is_a_function_too() -> None:
    source = "\ndef f(x):\n    return type(x)(7), type(x) is type(x + x), type(x[0])(2.5)\n"
    assert refusal(source, np.ones(2)).code == "LW102"
    assert_same("\ndef f(x, y):\n    return type(x)(7), type(y)(2), len(type({})())\n", 1.5, 3)


@pytest.mark.parametrize(
    "test",
    (
        "isinstance(x, np.array)",
        "isinstance(x, math)",
        "isinstance(x, 3)",
        "isinstance(math.sqrt, float)",
        "type(x, (), {})",
        "type(math)",
    ),
)
def test_what_is_not_decided_is_declined(test: str) -> None:
    source = f"\nimport math\n\ndef f(x):\n    return {test}\n"
    assert refusal(source, 2.0).code == "LW102"


def test_a_type_that_differs_from_path_to_path_is_declined() -> None:
    source = """
def f(n):
    best = None
    for i in range(n):
        if type(best) is int:
            return i
        best = i
    return 0
"""
    assert refusal(source, 3).why == "the type of None or int is not decided here"


def test_a_table_of_another_package_is_no_class_of_numbers() -> None:
    told = "type(x) is scipy.sparse.csr_matrix, type(x) is not scipy.sparse.coo_matrix"
    for x in (1.5, 3, np.ones(2)):
        assert_same(f"import scipy.sparse\ndef f(x):\n    return [{told}]\n", x)
