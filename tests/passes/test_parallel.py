"""Which loops are marked, and that marked programs keep their results in any order."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import run
from loopwright.ir.nodes import For, Program
from loopwright.ir.walk import walk_stmts
from loopwright.passes.base import Applied, Unchanged
from loopwright.passes.legalise import Legalise
from loopwright.passes.parallel import Parallel

HEADER = """
import numpy as np
from numpy.typing import NDArray
from typing import Annotated
F1 = Annotated[NDArray[np.float64], "n"]
F2 = Annotated[NDArray[np.float64], "n m"]
I1 = Annotated[NDArray[np.int64], "n"]
"""


def low(source: str) -> Program:
    outcome = Legalise().run(lower_function(HEADER + source))
    assert isinstance(outcome, Applied)
    return outcome.program


def marked(program: Program) -> list[str]:
    return [s.sym.name for s in walk_stmts(program.main.body) if isinstance(s, For) and s.parallel]


MARKED = {
    "the outermost of two": (
        "def f(x: F2, y: F2):\n    for i in range(min(x.shape[0], y.shape[0])):\n"
        "        for j in range(min(x.shape[1], y.shape[1])):\n            y[i, j] = x[i, j] * 2.0\n",
        ["i"]),
    "the inner one if the outer one is a recurrence": (
        "def f(x: F2, y: F2):\n    for t in range(1, x.shape[0]):\n        for i in range(x.shape[1]):\n"
        "            for k in range(9):\n                x[t, i] = x[t - 1, i] + k * 0.5\n",
        ["i"]),
    "one in each of two nests": (
        "def f(x: F2):\n    for i in range(x.shape[0]):\n        for j in range(x.shape[1]):\n"
        "            x[i, j] = x[i, j] + 1.0\n    for k in range(x.shape[1]):\n"
        "        for j in range(x.shape[0]):\n            x[j, k] = x[j, k] * 2.0\n",
        ["i", "k"]),
    "a guard before the loop does no harm": (
        "def f(x: F2, n: int, m: int):\n    for i in range(n):\n        for j in range(m):\n"
        "            x[i, j] = x[i, j] + 1.0\n",
        ["i"]),
}  # fmt: skip


@pytest.mark.parametrize("name", MARKED)
def test_marked(name: str) -> None:
    source, wanted = MARKED[name]
    program = low(source)
    outcome = Parallel().run(program)
    assert isinstance(outcome, Applied)
    check(outcome.program)
    assert marked(outcome.program) == wanted
    assert isinstance(Parallel().run(outcome.program), Unchanged)
    rng = np.random.default_rng(0)
    args = [rng.random((4, 5)) if p.type != 0 else 0 for p in program.main.params]
    args = [2 if p.name in "nm" else a for p, a in zip(program.main.params, args, strict=True)]
    one, other = copy.deepcopy(args), copy.deepcopy(args)
    run(program, one)
    run(outcome.program, other)
    for a, b in zip(one, other, strict=True):
        assert np.array_equal(a, b)


SERIAL = {
    "a check in the body": (
        "LW207", "def f(x: F1, at: I1):\n    for i in range(len(at)):\n        x[at[i]] = 1.0\n"),
    "a break": (
        "LW207", "def f(x: F1):\n    for i in range(len(x)):\n        if x[i] > 1.0:\n            break\n"
                 "        x[i] = 0.0\n"),
    "a draw": (
        "LW207", "def f(x: F1, rng: np.random.Generator):\n    for i in range(len(x)):\n"
                 "        x[i] = rng.random()\n"),
    "a step": ("LW207", "def f(x: F1):\n    for i in range(0, len(x), 2):\n        x[i] = 0.0\n"),
    "too little work": ("LW208", "def f(x: F1):\n    for i in range(len(x)):\n        x[i] = 0.0\n"),
    "a recurrence": (
        "LW203", "def f(x: F1):\n    for i in range(1, len(x)):\n        for k in range(9):\n"
                 "            x[i] = x[i - 1] * 0.5\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", SERIAL)
def test_serial(name: str) -> None:
    code, source = SERIAL[name]
    outcome = Parallel().run(low(source))
    assert isinstance(outcome, Unchanged)
    assert code in [d.code for d in outcome.declined]


def test_legalise_takes_back_the_mark_of_a_loop_with_checks() -> None:
    source = (
        "def f(x: F1, y: F1, at: I1):\n    for i in range(len(at)):\n        s = 0.0\n"
        "        for k in range(500):\n            s += float(x[at[i]])\n        y[i] = s\n"
    )
    high = Parallel().run(lower_function(HEADER + source))
    assert isinstance(high, Applied)
    assert marked(high.program) == ["i"]
    outcome = Legalise().run(high.program)
    assert isinstance(outcome, Applied)
    assert marked(outcome.program) == []
