"""Tests that come before the loop: the same results, and nothing has changed where the kernel gives up."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, run
from loopwright.ir.nodes import Check, For, If, Program
from loopwright.ir.walk import walk_stmts
from loopwright.passes.base import Applied
from loopwright.passes.precheck import Precheck
from loopwright.passes.reassociate import Reassociate
from loopwright.pipeline import Passes, compiled_passes

HEADER = """
import math
import numpy as np
from numpy.typing import NDArray
F1 = NDArray[np.float64]
I1 = NDArray[np.int32]
F2 = "np.ndarray[tuple[int, int], np.dtype[np.float64]]"
"""
X = np.arange(6.0) - 2.0

MOVED: dict[str, tuple[str, list[list[Any]]]] = {
    "positions from an array": (
        "def f(x: F1, at: I1) -> None:\n    for i in range(len(at)):\n        x[at[i]] = x[at[i]] + 1.0\n",
        [[X, np.array(at, np.int32)] for at in ([0, 5, -1, -6], [], [0, 6], [1, -7], [2, 2**31 - 1])],
    ),
    "positions of which all may count from the end": (
        "def f(x: F1, at: I1) -> None:\n    for i in range(len(at)):\n        x[at[i]] = x[at[i]] + 1.0\n",
        [
            [X[:n], np.array(at, np.int32)]
            for n in range(4)
            for at in ([], [0], [-1], [-2, -3], [2, -3], [-(2**31)], [2**31 - 1], [1, 1])
        ],
    ),
    "a position that the loop has left": (
        "def f(x: F1, at: I1) -> None:\n    j = 0\n    for i in range(len(at) // 2):\n        k = at[j]\n"
        "        j += 1\n        x[k] = x[k] + 1.0\n        j += at[j]\n",
        [
            [X, np.array(at, np.int32)]
            for at in ([1, 1, 3, 1], [5, 1, 6, 1], [6, 1, 1, 1], [1, 1, -6, 1], [1, 1, -7, 1], [2, 3, 1, 1])
        ],
    ),
    "a way out": (
        "def f(x: F1, y: F1) -> None:\n    for i in range(len(x)):\n        if y[i] < 0.0:\n"
        "            raise ValueError\n        x[i] = y[i]\n",
        [[X, X], [X, X + 2.0], [X[:0], X]],
    ),
    "what a function refuses": (
        "def f(x: F1, y: F1) -> None:\n    for i in range(len(x)):\n        x[i] = math.sin(y[i])\n",
        [[X, X], [X, np.array([0.0, np.inf, 1.0, 2.0, 3.0, 4.0])], [X, np.full(6, np.nan)], [X[:0], X]],
    ),
    "a counter in two loops": (
        "def f(x: F1, y: F2) -> None:\n    n = y.shape[0]\n    k = -1\n    for i in range(n):\n"
        "        for j in range(n):\n            k += 1\n            x[k] = y[i, j]\n",
        [[np.zeros(n), np.ones((m, m))] for n in range(10) for m in range(4)],
    ),
    "what it tests changes behind the test": (
        "def f(x: F1, y: F1) -> None:\n    for i in range(len(x)):\n        if x[i] < 0.0:\n"
        "            raise ValueError\n        x[i] = y[0] - 5.0\n",
        [[np.abs(X), X], [X, X], [np.array([1.0, -1.0]), X], [X[:0], X]],
    ),
    "a nest with a packed triangle": (
        "def f(x: F1, y: F2) -> None:\n    n = y.shape[0]\n    for i in range(n):\n"
        "        k = (i + 1) * i // 2 + i\n        for j in range(i, n):\n"
        "            x[k] += y[j, i]\n            k += j + 1\n",
        [[np.zeros(n), np.ones((m, m))] for n in range(8) for m in range(4)],
    ),
    "a position that a test must come before": (
        "def f(x: F1, at: I1, to: I1) -> None:\n    for i in range(len(at)):\n        x[to[at[i]]] = 1.0\n",
        [
            [X, np.array(at, np.int32), np.array(to, np.int32)]
            for at in ([0, 1], [0, 2], [9, 0])
            for to in ([1, 2], [5, 9])
        ],
    ),
}  # fmt: skip


def low(source: str) -> Program:
    return Passes(lower_function(HEADER + source)).run(compiled_passes(())).program


def same_as_python(source: str, program: Program, args: list[Any]) -> bool:
    """Whether the kernel ran; if it gave up, nothing may have changed."""
    space: dict[str, Any] = {}
    exec(HEADER + source, space)
    theirs, ours = copy.deepcopy(args), copy.deepcopy(args)
    names = source.split("(")[1].split(")")[0].split(", ")
    by_name = {n.split(":")[0]: v for n, v in zip(names, ours, strict=True)}
    try:
        space["f"](*theirs)
        raised = False
    except (IndexError, ValueError, ZeroDivisionError):
        raised = True
    try:
        run(program, [by_name[p.name] for p in program.main.params])
    except KernelFailed:
        assert all(np.array_equal(a, b) for a, b in zip(args, ours, strict=True))
        return False
    assert not raised
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(theirs, ours, strict=True))
    return True


@pytest.mark.parametrize(("source", "inputs"), MOVED.values(), ids=MOVED)
def test_the_last_loop_has_no_tests(source: str, inputs: list[list[Any]]) -> None:
    program = low(source)
    check(program)
    last = [s for s in program.main.body if isinstance(s, (For, If))][-1]
    assert not any(isinstance(s, Check) for s in walk_stmts((last,)))
    assert any([same_as_python(source, program, args) for args in inputs])


def test_a_sum_of_gathered_elements_may_be_added_up_as_vectors() -> None:
    source = (
        "def f(x: F1, at: I1) -> float:\n    s = 0.0\n    for i in range(len(at)):\n"
        "        s += x[at[i]]\n    return s\n"
    )
    found = Passes(lower_function(HEADER + source)).run((*compiled_passes(()), Reassociate()))
    check(found.program)
    assert found.applied[-2:] == ("precheck", "reassociate")


STAYS = {
    "a test of what the iteration before wrote": (
        "def f(x: F1, at: I1) -> None:\n    for i in range(1, len(at)):\n        x[at[i - 1]] = 0.0\n"
        "        at[i] = at[i] + 1\n"
    ),
    "a loop that may end": (
        "def f(x: F1, at: I1) -> None:\n    for i in range(len(at)):\n        if at[i] < 0:\n"
        "            break\n        x[at[i]] = 0.0\n"
    ),
    "a counter under a condition": (
        "def f(x: F1, y: F1) -> None:\n    j = -1\n    for i in range(len(y)):\n"
        "        if y[i] > 0.0:\n            j += 1\n            x[j] = y[i]\n"
    ),
    "sums of rows": (
        "def f(x: F1, y: F1, at: I1) -> None:\n    for i in range(len(x)):\n        s = 0.0\n"
        "        for j in range(len(at)):\n            s += y[at[j]]\n        x[i] = s\n"
    ),
}


@pytest.mark.parametrize("source", STAYS.values(), ids=STAYS)
def test_other_tests_stay_where_they_are(source: str) -> None:
    ran = Passes(lower_function(HEADER + source)).run(compiled_passes(()))
    assert "precheck" not in ran.applied
    loops = [s for s in ran.program.main.body if isinstance(s, For)]
    assert any(isinstance(s, Check) for s in walk_stmts(loops[-1].body))


def test_a_whole_division_is_made_only_after_its_test() -> None:
    source = (
        "def f(x: F1, at: I1, n: int) -> None:\n    for i in range(len(at)):\n"
        "        x[n // int(at[i])] = 1.0\n"
    )
    program = low(source)
    loops = [s for s in program.main.body if isinstance(s, For)]
    assert len(loops) == 2
    assert any(isinstance(s, Check) for s in walk_stmts(loops[0].body))
    for at in ([1, 2], [1, 0], [9, 0]):
        same_as_python(source, program, [X, np.array(at, np.int32), 4])


def test_the_notes_tell_of_it() -> None:
    source = MOVED["positions from an array"][0]
    passes = compiled_passes(())
    at = next(k for k, p in enumerate(passes) if isinstance(p, Precheck))
    first, last = passes[:at], passes[at]
    outcome = last.run(Passes(lower_function(HEADER + source)).run(first).program)
    assert isinstance(outcome, Applied)
    assert outcome.notes == ("the tests of a loop come first",)


UNSAFE = {
    "a condition of the user's": (
        "def f(x: F1, y: F1, at: I1) -> None:\n    for i in range(len(at)):\n        k = at[i]\n"
        "        if k < 0 or k >= len(x):\n            raise ValueError\n"
        "        if x[k] < -1.5:\n            raise ValueError\n        y[i] = 1.0\n",
        [[X, X, np.array(at, np.int32)] for at in ([2, 3], [2, 2**31 - 1], [-(2**31)], [0], [])],
    ),
    "a length that the user tests": (
        "def f(x: F1, y: F1) -> None:\n    for i in range(len(y)):\n        if len(x) < 3:\n"
        "            raise ValueError\n        if x[2] < -1.5:\n            raise ValueError\n"
        "        y[i] = 1.0\n",
        [[X[:n], X] for n in range(5)],
    ),
}


@pytest.mark.parametrize(("source", "inputs"), UNSAFE.values(), ids=UNSAFE)
def test_nothing_is_read_that_a_test_has_to_come_before(
    source: str, inputs: list[list[Any]]
) -> None:
    program = low(source)
    assert any([same_as_python(source, program, args) for args in inputs])


ENDLESS = {
    "a counter": (
        "def f(x: F1, y: F1, n: int) -> None:\n    k = 0\n    for i in range(n):\n"
        "        x[k] = 1.0\n        k += 1 + i % 2\n"
    ),
    "an exception for one number": (
        "def f(x: F1, y: F1, n: int) -> None:\n    for i in range(n):\n        if i == 3:\n"
        "            raise ValueError\n        x[i % 3] = y[i % 2]\n"
    ),
    "an element seen again and again": (
        "def f(x: F1, y: F1, n: int) -> None:\n    for i in range(n):\n        if y[i % 6] < 0.0:\n"
        "            raise ValueError\n        x[i % 3] = 1.0\n"
    ),
    "a loop inside without iterations": (
        "def f(x: F1, y: F1, n: int) -> None:\n    for i in range(n):\n        if y[i % 2] < 0.0:\n"
        "            raise ValueError\n        for j in range(len(y) - 6):\n            x[i] = 1.0\n"
    ),
}


@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS)
def test_what_the_original_never_begins_is_not_tested(source: str) -> None:
    program = low(source)
    assert not same_as_python(source, program, [X, X, 10**15])
    assert same_as_python(source, program, [X, X + 2.0, 2])


def test_bounds_that_may_overflow_are_tested_before_they_are_used() -> None:
    source = (
        "def f(x: F1, n: int) -> None:\n    k = 1\n    for i in range(n):\n        k = k * n + 1\n"
        "        for j in range(k % 7):\n            x[j] = 1.0\n        for j in range(k):\n"
        "            x[j] = 0.0\n"
    )
    program = low(source)
    with pytest.raises(KernelFailed):
        run(program, [{"x": np.ones(3), "n": 2**31}[p.name] for p in program.main.params])
