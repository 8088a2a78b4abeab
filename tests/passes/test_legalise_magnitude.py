"""Overflow tests in front of loops: they let through what fits 64 bits, and nothing that does not."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.interp import KernelFailed, rebuild, run
from loopwright.ir.nodes import Check, For, Program, While
from loopwright.ir.walk import walk_stmts
from loopwright.passes.base import Applied
from loopwright.passes.legalise import Legalise

WIDE = (("n", 0, 2**40), ("k", -(2**62), 2**62), ("a", -(2**62), 2**62))

PROGRAMS = {
    "an iterator times an invariant": """\
def f(n: int, k: int, a: int) -> int:
    best = 0
    for i in range(n):
        if i * k + a > 5:
            best = i * k
    return best
""",
    "an iterator of a range with other ends": """\
def f(n: int, k: int, a: int) -> int:
    best = 0
    for i in range(a, a + n):
        best = i * 3
    return best
""",
    "a nest whose inner range follows the outer iterator": """\
def f(n: int, k: int, a: int) -> int:
    best = 0
    for i in range(n):
        for j in range(i * k, i * k + 2):
            best = j * a
    return best
""",
    "a variable of the iteration": """\
def f(n: int, k: int, a: int) -> int:
    best = 0
    for i in range(n):
        t = i - k
        if i > 1:
            t = i * a
        best = t * 2
    return best
""",
    "a value of the iteration before": """\
def f(n: int, k: int, a: int) -> int:
    best = 0
    before = k
    for i in range(n):
        best = before * 4
        before = i
    return best
""",
    "a sum that grows from iteration to iteration": """\
def f(n: int, k: int, a: int) -> int:
    total = a
    for i in range(n):
        total = total * 2 + k
    return total
""",
    "a variable that an inner loop may leave alone": """\
def f(n: int, k: int, a: int) -> int:
    t = k
    best = 0
    for i in range(n):
        for j in range(a):
            t = j
        best = t * 3
    return best
""",
    "quotients and remainders": """\
def f(n: int, k: int, a: int) -> int:
    best = 0
    for i in range(1, n):
        best = (a // i) * (k % i) - abs(k) + min(a, i)
    return best
""",
    "a condition of a while loop": """\
def f(n: int, k: int, a: int) -> int:
    i = 0
    while i < n and a * 2 > k:
        i += 1
    return i
""",
}

NUMBERS = (0, 1, -1, 3, 2**31, -(2**31), 2**61, 2**62 - 1, -(2**62), 2**62)


def legal(source: str) -> Program:
    outcome = Legalise(WIDE).run(lower_function(source))
    assert isinstance(outcome, Applied), outcome
    return outcome.program


def python(source: str, *args: int) -> int:
    space: dict[str, Any] = {}
    exec(source, space)
    result = space["f"](*args)
    assert isinstance(result, int)
    return result


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_kernel_gives_the_result_or_gives_up(name: str) -> None:
    program = legal(PROGRAMS[name])
    order = [p.name for p in program.main.params]
    succeeded = 0
    for n, k, a in itertools.product((0, 1, 2, 3), NUMBERS, NUMBERS):
        if name.startswith("a variable that an inner") and a > 100:
            continue  # takes too long in an interpreter
        given = [{"n": n, "k": k, "a": a}[p] for p in order]
        wanted = python(PROGRAMS[name], n, k, a)
        try:
            got = rebuild(program, run(program, given), given)
        except KernelFailed:
            small = max(abs(k), abs(a)) <= 3
            assert not small, (n, k, a)
            continue
        assert got == wanted, (n, k, a)
        succeeded += 1
    assert succeeded > 20


def checks_inside(program: Program) -> int:
    loops = (s for s in walk_stmts(program.main.body) if isinstance(s, (For, While)))
    return sum(isinstance(s, Check) for loop in loops for s in walk_stmts(loop.body))


@pytest.mark.parametrize("name", list(PROGRAMS)[:2])
def test_the_loop_itself_has_no_test(name: str) -> None:
    program = legal(PROGRAMS[name])
    assert checks_inside(program) == 0
    assert any(isinstance(s, Check) for s in walk_stmts(program.main.body))


@pytest.mark.parametrize(
    "name", ["a value of the iteration before", "a sum that grows from iteration to iteration"]
)
def test_what_is_handed_on_between_iterations_is_tested_in_each(name: str) -> None:
    assert checks_inside(legal(PROGRAMS[name])) > 0
