"""Calls that become bodies, with their names, aliases and failures."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.nodes import Invoke, Program
from loopwright.ir.walk import walk_stmts
from loopwright.passes.base import Applied, Unchanged
from loopwright.passes.inline import Inline

Agree = Callable[[Program, Program, float], int]

HEADER = """
from typing import Annotated
import numpy as np
from numpy.typing import NDArray
F1 = Annotated[NDArray[np.float64], "n"]
F2 = Annotated[NDArray[np.float64], "n m"]
"""

SOURCES = {
    "returns on both sides": """
def g(a: float) -> float:
    if a < 0.0:
        return 0.0
    elif a > 2.0:
        b = a - 1.0
        return b * b
    else:
        return a


def f(x: F1) -> None:
    for i in range(len(x)):
        x[i] = g(float(x[i]))
""",
    "returns before more is done": """
def g(x: F1, i: int, a: float) -> tuple[int, float]:
    if a < 0.0:
        return i, a
    x[i] = a + 1.0
    if a > 1.0:
        if a > 2.0:
            return i + 1, a
        x[i] = 5.0
    return -1, float(x[i])


def f(x: F1) -> float:
    s = 0.0
    for i in range(len(x)):
        k, v = g(x, i, float(x[i]))
        s = s + k * v
    return s
""",
    "a helper that returns early calls another that does": """
def sign(a: float) -> int:
    if a > 0.0:
        return 1
    if a < 0.0:
        return -1
    return 0


def g(a: float, b: float) -> int:
    s = sign(a)
    if s == 0:
        return sign(b)
    return s * 2


def f(x: F1, b: float) -> int:
    s = 0
    for i in range(len(x)):
        s = s + g(float(x[i]), b)
    return s
""",
    "a branch that raises": """
def g(a: float) -> float:
    if a == 0.0:
        raise ValueError
    if a < 0.0:
        return -a
    return 1.0 / a


def f(x: F1) -> float:
    s = 0.0
    for i in range(len(x)):
        s = s + g(float(x[i]))
    return s
""",
    "a result is bound": """
def add(a: float, b: float) -> float:
    return a + b


def f(x: F1) -> None:
    for i in range(len(x)):
        x[i] = add(float(x[i]), 1.0)
""",
    "results are exchanged, not overwritten": """
def pair(a: int, b: int) -> tuple[int, int]:
    return b, a + b


def f(n: int) -> int:
    a = 0
    b = 1
    for i in range(n):
        a, b = pair(a, b)
    return a
""",
    "a parameter that is bound again is a copy": """
def halve(a: float, n: int) -> float:
    for i in range(n):
        a = a / 2.0
    return a


def f(a: float, n: int) -> float:
    b = halve(a, n)
    return a + b
""",
    "local names do not clash with those of the caller": """
def g(i: int) -> int:
    s = i * 2
    t = s + 1
    return s + t


def f(n: int) -> int:
    s = 0
    t = 5
    for i in range(n):
        s = s + g(i) + t
    return s
""",
    "an argument is evaluated once and before the body": """
def bump(x: F1, v: float) -> float:
    x[0] = 10.0
    return v


def f(x: F1) -> float:
    return bump(x, float(x[0]) + 1.0)
""",
    "a store through a parameter reaches the caller": """
def fill(row: F1, v: float) -> None:
    for j in range(len(row)):
        row[j] = v


def f(x: F2) -> None:
    for i in range(x.shape[0]):
        fill(x[i], float(i))
""",
    "functions of functions": """
def g(a: float) -> float:
    return a * 3.0


def h(a: float) -> float:
    return g(a) + g(a + 1.0)


def f(x: F1) -> float:
    return h(float(x[0])) + h(2.0)
""",
    "an array that comes back is the one that went in": """
def same(x: F1) -> F1:
    return x


def f(x: F1) -> None:
    y = same(x)
    y[0] = 4.0
""",
    "a new array is new in each call": """
def zeros(n: int) -> F1:
    return np.zeros(n)


def f(n: int) -> float:
    a = zeros(n)
    b = zeros(n)
    a[0] = 1.0
    return float(b[0])
""",
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_no_call_is_left_and_results_stay_the_same(source: str, agree: Agree) -> None:
    before = lower_function(HEADER + source)
    assert before.helpers
    outcome = Inline().run(before)
    assert isinstance(outcome, Applied)
    check(outcome.program)
    assert not outcome.program.helpers
    assert not any(isinstance(s, Invoke) for s in walk_stmts(outcome.program.main.body))
    assert agree(before, outcome.program, 0.0) > 0


LOOPED = """
def g(x: F1, a: float) -> float:
    for i in range(len(x)):
        if x[i] > a:
            return float(x[i])
    return a


def f(x: F1) -> None:
    for i in range(len(x)):
        x[i] = g(x, float(i))
"""

TWICE = """
def g(a: float) -> float:
    b = a * 2.0
    c = b + 1.0
    return c


def f(a: float) -> float:
    return g(a) + g(a + 1.0)
"""


def test_a_function_that_returns_inside_a_loop_stays() -> None:
    outcome = Inline().run(lower_function(HEADER + LOOPED))
    assert isinstance(outcome, Unchanged)
    assert [d.code for d in outcome.declined] == ["LW252"]


def test_a_long_function_is_not_copied_to_two_places() -> None:
    outcome = Inline(size=1).run(lower_function(HEADER + TWICE))
    assert isinstance(outcome, Unchanged)
    assert [d.code for d in outcome.declined] == ["LW252"]


def test_a_long_function_that_is_called_once_is_inlined() -> None:
    source = TWICE.replace(" + g(a + 1.0)", "")
    assert isinstance(Inline(size=1).run(lower_function(HEADER + source)), Applied)


def test_a_program_without_calls_is_left_alone() -> None:
    program = lower_function("def f(n: int) -> int:\n    return n\n")
    assert Inline().run(program) == Unchanged()
