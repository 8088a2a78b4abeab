"""Counters against CPython: the same numbers, and none that a loop moves by a constant is left."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import rebuild, run
from loopwright.ir.nodes import Assign, Check, For, Program
from loopwright.ir.walk import subexprs, vars_of, walk_stmts
from loopwright.passes.base import Applied, Unchanged
from loopwright.passes.induction import Induction
from loopwright.passes.legalise import Legalise
from loopwright.passes.preallocate import Preallocate

SIZES = (-2, 0, 1, 2, 5, 9)

REPLACED = {
    "from a constant": """
def f(n: int):
    k, s = 3, 0
    for i in range(n):
        s += k * i
        k += 2
    return k, s
""",
    "from a number of the function": """
def f(n: int):
    k = n * n
    s = 0
    for i in range(1, n):
        k -= 1
        s += k
    return k, s
""",
    "down the range": """
def f(n: int):
    k, s = 0, 0
    for i in range(n, -3, -1):
        s += k * i
        k += 1
    return k, s, i
""",
    "read before and behind the update": """
def f(n: int):
    k, s = 0, 0
    for i in range(2, n + 2):
        s += 10 * k
        k += 1
        s += k
    return k, s
""",
    "two counters, one of which reads the other": """
def f(n: int):
    a, b, s = 0, 5, 0
    for i in range(n):
        a += 1
        s += a * b
        b -= 3
        s -= b
    return a, b, s
""",
    "bounds that the loop changes": """
def f(n: int):
    lo, hi, k, s = 1, n, 0, 0
    for i in range(lo, hi):
        lo += 2
        hi = hi + i
        s += k
        k += 1
    return k, s, lo, hi
""",
    "the loop variable of before in the bounds": """
def f(n: int):
    i, k, s = 2, 0, 0
    for i in range(i, n + i):
        s += k * i
        k += 1
    return k, s, i
""",
    "a trip count for each outer iteration": """
def f(n: int):
    k, s = 0, 0
    for i in range(n):
        for j in range(i + 1, n):
            s += k * (i + j)
            k += 1
    return k, s
""",
    "a counter that starts anew": """
def f(n: int):
    s = 0
    for i in range(n):
        k = 0
        for j in range(i - 2):
            s += k
            k += 3
        s += 100 * k
    return s
""",
    "a counter that a condition changes between loops": """
def f(n: int):
    k, s = 0, 0
    for i in range(n):
        if i % 2 == 1:
            k = 7
        for j in range(i):
            s += k
            k += 1
    return k, s
""",
    "a continue behind the update": """
def f(n: int):
    k, s = 0, 0
    for i in range(n):
        k += 1
        if i % 3 == 0:
            continue
        s += k
    return k, s
""",
    "a return out of the loop": """
def f(n: int):
    k, s = 0, 1
    for i in range(n):
        s += i * k
        if s > 40:
            return k, s
        k += 2
    return k, s
""",
}

KEPT = {
    "a break": """
def f(n: int):
    k, s = 0, 0
    for i in range(n):
        s += k
        if s > 5:
            break
        k += 1
    return k, s
""",
    "a break before it": """
def f(n: int):
    k = 0
    for i in range(n):
        if i == 3:
            break
        k += 1
    return k
""",
    "a continue before it": """
def f(n: int):
    k, s = 0, 0
    for i in range(n):
        if i % 2:
            continue
        s += k
        k += 1
    return k, s
""",
    "a condition": """
def f(n: int):
    k = 0
    for i in range(n):
        if i % 3:
            k += 1
    return k
""",
    "two updates": """
def f(n: int):
    k, s = 0, 0
    for i in range(n):
        k += 1
        s += k
        if i == 2:
            k = 0
    return k, s
""",
    "a float": """
def f(n: int):
    t, s = 0.0, 0.0
    for i in range(n):
        s += t
        t += 0.1
    return t, s
""",
    "a while loop": """
def f(n: int):
    k, s = 0, 0
    while k < n:
        s += k
        k += 1
    return k, s
""",
}


def python(source: str, n: int) -> Any:
    space: dict[str, Any] = {"np": np}
    exec(source, space)
    try:
        return space["f"](n)
    except UnboundLocalError:
        return None


def kernel(program: Program, n: int) -> Any:
    return rebuild(program, run(program, [n]), [n])


def counted(program: Program) -> int:
    """How many loops set a variable to itself and a constant, but to sum up something."""
    loops = [s for s in walk_stmts(program.main.body) if isinstance(s, For)]
    return sum(
        isinstance(s, Assign) and s.sym in vars_of(s.value) and len(list(subexprs(s.value))) == 3
        for loop in loops
        for s in loop.body
    )


@pytest.mark.parametrize("source", REPLACED.values(), ids=REPLACED)
def test_a_counter_has_its_values(source: str) -> None:
    before = lower_function(source)
    outcome = Induction().run(before)
    assert isinstance(outcome, Applied)
    check(outcome.program)
    assert counted(outcome.program) < counted(before)
    for n in SIZES:
        wanted = python(source, n)
        assert wanted is None or kernel(outcome.program, n) == wanted, n


@pytest.mark.parametrize("source", KEPT.values(), ids=KEPT)
def test_another_variable_is_left_alone(source: str) -> None:
    program = lower_function(source)
    outcome = Induction().run(program)
    assert isinstance(outcome, Unchanged)


def test_the_length_of_a_list_that_every_iteration_appends_to_is_known() -> None:
    source = """
def f(n: int):
    total = 0
    for i in range(n):
        row = []
        for j in range(i + 1):
            row.append(i * j)
        for j in range(i + 1):
            total += row[j]
    return total
"""
    program = lower_function(source)
    for each in (Preallocate(), Induction(), Legalise()):
        outcome = each.run(program)
        assert isinstance(outcome, Applied)
        program = outcome.program
    for n in SIZES:
        assert kernel(program, n) == python(source, n)
    reasons = {s.reason for s in walk_stmts(program.main.body) if isinstance(s, Check)}
    assert not any("index" in reason for reason in reasons)
