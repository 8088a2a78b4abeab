"""`functools.reduce`, and the functions of `operator`."""

from __future__ import annotations

import pytest

from .levelled import assert_same_on_all_levels
from .lowering import assert_same, by_kernel, refusal

X, N = [1.5, -2.0, 0.25, 4.0], [3, -1, 2]
SOURCE = """
import operator
from functools import reduce
from math import cos, sqrt
from operator import mul


def longer(a, b):
    return a if a * a > b * b else b


def f(x, n):
    return {}
"""
COVERED = {
    "a lambda": "reduce(lambda a, b: a * 10 + b, n)",
    "a start": "reduce(lambda a, b: a + b, n, 100)",
    "a start of another type": "reduce(lambda a, b: a + b, x, 0)",
    "an operator": "reduce(mul, n), reduce(operator.add, x, 1), reduce(operator.mul, x[:1])",
    "a generator": "reduce(mul, (cos(v / sqrt(i + 1.0)) for i, v in enumerate(x)), 1)",
    "a function of the module": "reduce(longer, x), reduce(longer, n, 0)",
    "a range": "reduce(lambda a, b: a * b, range(1, n[0] + 3), 1)",
    "a builtin": "reduce(max, n), reduce(min, x, 9.0)",
    "nothing with a start": "reduce(mul, n[3:], 7)",
    "operators": "operator.sub(n[0], n[1]), operator.truediv(n[0], 2), operator.lt(x[0], x[1])",
    "operators of ints": "operator.floordiv(n[0], 2), operator.mod(n[1], 5), operator.pow(n[0], 3)",
    "equality": "operator.eq(n[0], 3), operator.ne(x[0], n[0]), operator.ge(n[0], n[2])",
}


@pytest.mark.parametrize("value", COVERED.values(), ids=COVERED)
def test_the_result_is_that_of_python(value: str) -> None:
    assert_same_on_all_levels(SOURCE.format(value), X, N)


def test_nothing_without_a_start_raises() -> None:
    assert_same(SOURCE.format("reduce(mul, n[2:])"), X, N)
    assert by_kernel(SOURCE.format("reduce(mul, n[5:])"), (X, N)).failed


OTHERS = ["reduce(lambda a, b: a, n, initial=1)", "operator.attrgetter('real')(n)", "reduce(mul)"]


@pytest.mark.parametrize("value", OTHERS)
def test_other_forms_are_declined(value: str) -> None:
    assert refusal(SOURCE.format(value), X, N).code in ("LW102", "LW103")
