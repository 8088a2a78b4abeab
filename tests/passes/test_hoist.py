"""What may leave a loop, and what must stay in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.nodes import Program
from loopwright.ir.show import show
from loopwright.passes.base import Applied, Unchanged
from loopwright.passes.hoist import Hoist

Agree = Callable[[Program, Program, float], int]

HEADER = """
from typing import Annotated
import numpy as np
from numpy.typing import NDArray
F1 = Annotated[NDArray[np.float64], "n"]
F2 = Annotated[NDArray[np.float64], "n m"]
"""

MOVED = {
    "a function of what the loop does not change": """
def f(x: F1, a: float) -> None:
    for i in range(len(x)):
        x[i] = x[i] + np.exp(a)
""",
    "a sum of another array": """
def f(x: F1, w: F1) -> None:
    for i in range(len(x)):
        x[i] = x[i] / np.sum(w)
""",
    "out of two loops": """
def f(x: F2, w: F1) -> None:
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            x[i, j] = x[i, j] * np.exp(w[0])
""",
    "out of the inner loop only": """
def f(x: F2, w: F1) -> None:
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            x[i, j] = x[i, j] * np.exp(w[i])
""",
    "out of one side of a choice, as it cannot fail": """
def f(x: F1, a: float) -> None:
    for i in range(len(x)):
        if x[i] > 0.0:
            x[i] = np.cos(a)
""",
    "an array that is only read": """
def f(x: F1, w: F1) -> None:
    for i in range(len(x)):
        x[i] = (w * 2.0)[0] + i
""",
}

KEPT = {
    "a sum of the array that the loop writes": """
def f(x: F1) -> None:
    for i in range(len(x)):
        x[i] = x[i] / np.sum(x)
""",
    "a sum of an array that is written through a view": """
def f(x: F2) -> None:
    y = x[0]
    for i in range(len(y)):
        y[i] = np.sum(x)
""",
    "a sum of an array that a called function writes": """
def g(x: F1, i: int) -> None:
    if i > 2:
        return
    x[i] = 1.0


def f(x: F1) -> float:
    s = 0.0
    for i in range(len(x)):
        g(x, i)
        s = s + float(np.sum(x))
    return s
""",
    "a function of the loop variable": """
def f(x: F1) -> None:
    for i in range(len(x)):
        x[i] = np.exp(np.float64(i))
""",
    "a function of a variable that the loop changes": """
def f(x: F1, a: float) -> None:
    for i in range(len(x)):
        x[i] = np.exp(a)
        a = a * 0.5
""",
    "a division that may not be evaluated": """
def f(x: F1, k: int) -> int:
    hits = 0
    for i in range(len(x)):
        if x[i] > 0.0 and 10 // k > 3:
            hits += 1
    return hits
""",
    "a new array that each iteration changes": """
def f(x: F1, n: int) -> float:
    s = 0.0
    for i in range(n):
        t = np.zeros(3)
        t[0] = t[0] + 1.0
        s = s + float(t[0])
    return s
""",
    "an array of its own for each iteration": """
def f(x: F1, n: int) -> float:
    s = 0.0
    for i in range(n):
        t = x * 2.0
        t[0] = t[0] + 1.0
        s = s + float(t[0])
    return s
""",
    "the length of a list that grows": """
def f(n: int) -> float:
    a = [0]
    s = 0.0
    for i in range(n):
        s = s + float(np.sqrt(float(len(a))))
        a.append(i)
    return s
""",
}


def hoisted(before: Program) -> Program:
    outcome = Hoist().run(before)
    if isinstance(outcome, Unchanged):
        return before
    check(outcome.program)
    return outcome.program


@pytest.mark.parametrize("source", MOVED.values(), ids=MOVED)
def test_it_leaves_the_loop(source: str, agree: Agree) -> None:
    before = lower_function(HEADER + source)
    outcome = Hoist().run(before)
    assert isinstance(outcome, Applied)
    assert "fixed = " in show(outcome.program)
    assert agree(before, hoisted(before), 0.0) > 0


@pytest.mark.parametrize("source", KEPT.values(), ids=KEPT)
def test_it_stays_or_at_least_keeps_its_meaning(source: str, agree: Agree) -> None:
    before = lower_function(HEADER + source)
    assert agree(before, hoisted(before), 0.0) > 0


@pytest.mark.parametrize("name", list(KEPT)[:7])
def test_it_stays_in_the_loop(name: str) -> None:
    before = lower_function(HEADER + KEPT[name])
    text = show(hoisted(before))
    head = text.partition("for ")[0]
    assert "np.sum" not in head and "np.exp" not in head and "//" not in head


def test_zeros_of_both_signs_are_two_expressions(agree: Agree) -> None:
    source = (
        HEADER
        + """
def f(x: F1, a: float) -> None:
    for i in range(len(x)):
        x[i] = np.copysign(a, 0.0) - np.copysign(a, -0.0)
"""
    )
    before = lower_function(source)
    after = hoisted(before)
    assert agree(before, after, 0.0) > 0


def test_one_expression_is_computed_once() -> None:
    source = (
        HEADER
        + """
def f(x: F1, a: float) -> None:
    for i in range(len(x)):
        x[i] = np.exp(a) * x[i] + np.exp(a)
"""
    )
    assert show(hoisted(lower_function(source))).count("np.exp") == 1


def test_a_second_run_finds_nothing() -> None:
    source = HEADER + MOVED["out of two loops"]
    once = hoisted(lower_function(source))
    assert show(hoisted(once)).count("np.exp") == 1
