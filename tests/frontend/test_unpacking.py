"""Stars: in targets, in calls, in displays, before the arguments of `range` and `zip`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, refusal

X = np.arange(12.0).reshape(4, 3)

TARGETS = (
    "a, *rest = t", "*rest, a = t", "a, *rest, b = t", "a, *rest = 1, 2", "a, *rest = x.shape",
    "(a, *rest), b = t, 1", "a, b, *rest = t[:2]", "*rest, = t\n    a = 0",
    "a, *rest = t\n    a, *rest = rest[0], a, 5",
)  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("t", ((1, 2, 3), (1, 2.5, 3), (1, 2)), ids=str)
def test_the_rest_is_a_list(target: str, t: Any) -> None:
    source = f"\ndef f(t, x):\n    b = 0\n    {target}\n    rest.append(7)\n    return a, rest, b\n"
    if "b = t" in target and "(" not in target and len(t) == 2:
        t = (*t, 4)
    assert_same(source, t, X)


def test_the_rest_in_a_loop() -> None:
    source = """
def f(xs):
    total = 0
    for a, *b in zip(xs, xs, xs):
        total += a * b[0] + b[1]
    return total
"""
    assert_same(source, [1, 2, 4])


def test_too_few_values_and_unknown_lengths_are_declined() -> None:
    source = "\ndef f(t):\n    a, b, *rest = t\n    return a\n"
    assert refusal(source, (1,)).code == "LW111"
    assert refusal(source, [1, 2, 3]).code == "LW103"


CALLS = (
    "g(*t)", "g(1, *t[1:])", "g(*t[:2], 3)", "g(*x.shape, 1)", "g(*(1, 2, 3))", "g(*[1, 2, 3])",
    "g(*shape(x), 2)", "g(*t[:2], g(*t)) + g(*(g(*t), 1, 2))", "math.hypot(*t[:2])", "max(*t)",
    "(*t, 4)", "[*t, 4]", "np.array([*t, 4])", "np.zeros((*x.shape, 2))", "sum(range(*t[:2]))",
    "[i for i in range(*t)]", "np.ones(x.shape).reshape(*x.shape[::-1])", "np.maximum(*t[:2])",
    "[a * b for a, b in zip(*(t, t))]", "[a * b for a, b in zip(*np.nonzero(x))]",
    "[a + b + c for a, b, c in zip(t, *(t, t))]",
)  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_the_items_of_a_tuple_are_arguments(call: str) -> None:
    source = f"""
def shape(x):
    return x.shape

def g(a, b, c):
    return a * 100 + b * 10 + c

def f(t, x):
    for i in range(2):
        r = {call}
    return r
"""
    assert_same(source, (1, 2, 3), X)


@pytest.mark.parametrize("t", ((3,), (1, 9, 2), (5, 0, -1)), ids=str)
def test_the_bounds_of_a_range(t: Any) -> None:
    assert_same("\ndef f(t):\n    return [i * 2 for i in range(*t)]\n", t)


ORDER = """
def g(x):
    x[0] += 1
    return x[0], 2.0

def h(a, b, c):
    return a * 100 + b * 10 + c

def f(x):
    return h({})
"""


def test_arguments_are_evaluated_from_left_to_right() -> None:
    assert_same(ORDER.format("*g(x), x[0]"), np.ones(2))
    assert refusal(ORDER.format("x[0], *g(x)"), np.ones(2)).code == "LW102"


@pytest.mark.parametrize("source", ("zip(*x[0])", "zip(*xs)", "range(*xs)"))
def test_how_many_arguments_there_are_must_be_known(source: str) -> None:
    assert refusal(f"\ndef f(x, xs):\n    return [a for a in {source}]\n", X, [1]).code == "LW103"


def test_a_generator_over_constants_is_shared_out() -> None:
    source = """
def f(x, k):
    a, b, c = (x[i] * k for i in (2, 0, 1))
    [d, e] = (a - i for i in [7, 1])
    k, _ = (k + j for j in (10, 20))
    return a, b, c, d, e, k
"""
    assert_same(source, [1.0, 2.5, -3.0], 4)
    short = "\ndef f(x):\n    a, b = (x[i] for i in (0, 1, 2))\n    return a\n"
    assert refusal(short, [1.0, 2.0, 3.0]).code == "LW111"
    rows = "\ndef f(n):\n    a, b = ([0] * n for i in (0, 1))\n    a[0] = 1\n    return a, b\n"
    assert refusal(rows, 2).code == "LW103"
