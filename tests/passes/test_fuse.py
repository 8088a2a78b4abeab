"""Which loops are fused, which arrays become scalars, and that the results stay."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, run
from loopwright.ir.nodes import Alloc, Assign, For, Program
from loopwright.ir.walk import walk_stmts
from loopwright.passes.base import Applied, Unchanged
from loopwright.passes.fuse import Fuse
from loopwright.passes.scalarise import Scalarise

HEADER = """
import numpy as np
from numpy.typing import NDArray
from typing import Annotated
F1 = Annotated[NDArray[np.float64], "n"]
F2 = Annotated[NDArray[np.float64], "n m"]
"""


def scalar(source: str) -> Program:
    program = lower_function(HEADER + source)
    outcome = Scalarise().run(program)
    return outcome.program if isinstance(outcome, Applied) else program


def loops(program: Program) -> int:
    return sum(isinstance(s, For) for s in walk_stmts(program.main.body))


def arrays(program: Program) -> int:
    stmts = walk_stmts(program.main.body)
    return sum(isinstance(s, Assign) and isinstance(s.value, Alloc) for s in stmts)


def results(program: Program, args: list[Any]) -> Any:
    try:
        return run(program, args)
    except KernelFailed:
        return "gave up"


def agree(before: Program, after: Program, ndims: tuple[int, ...]) -> None:
    """Both programs give the same bits and leave the same arguments behind."""
    rng = np.random.default_rng(1)
    for n in (0, 1, 2, 7, 129):
        args = [rng.standard_normal((n, 3) if d == 2 else n) for d in ndims]
        ours, theirs = copy.deepcopy(args), copy.deepcopy(args)
        expected, found = results(before, theirs), results(after, ours)
        assert isinstance(expected, str) == isinstance(found, str)
        for x, y in zip((*expected, *theirs), (*found, *ours), strict=True):
            assert np.asarray(x).tobytes() == np.asarray(y).tobytes()


FUSED: dict[str, tuple[str, int, int]] = {
    "a producer and its consumer share the loop, and the array between them goes": (
        "def f(x: F1):\n"
        "    n = x.shape[0]\n"
        "    y = np.empty(n)\n"
        "    for i in range(n):\n"
        "        y[i] = x[i] * 2.0\n"
        "    z = np.empty(n)\n"
        "    for j in range(n):\n"
        "        z[j] = y[j] + 1.0\n"
        "    return z",
        1,
        1,
    ),
    "an element that an earlier iteration made may be read": (
        "def f(x: F1):\n"
        "    n = x.shape[0]\n"
        "    y = np.zeros(n)\n"
        "    for i in range(1, n):\n"
        "        y[i] = x[i] * 2.0\n"
        "    for j in range(1, n):\n"
        "        x[j] = y[j - 1]\n"
        "    return y",
        1,
        1,
    ),
    "an array that is returned stays": (
        "def f(x: F1):\n"
        "    n = x.shape[0]\n"
        "    y = np.empty(n)\n"
        "    for i in range(n):\n"
        "        y[i] = x[i] * 2.0\n"
        "    z = np.empty(n)\n"
        "    for j in range(n):\n"
        "        z[j] = y[j] + 1.0\n"
        "    return y, z",
        1,
        2,
    ),
    "nested loops fuse at both levels": (
        "def f(x: F2):\n"
        "    y = np.empty((x.shape[0], x.shape[1]))\n"
        "    for i in range(x.shape[0]):\n"
        "        for j in range(x.shape[1]):\n"
        "            y[i, j] = x[i, j] * 2.0\n"
        "    for k in range(x.shape[0]):\n"
        "        for l in range(x.shape[1]):\n"
        "            x[k, l] = y[k, l] + 1.0",
        2,
        0,
    ),
}


@pytest.mark.parametrize("name", FUSED)
def test_fused(name: str) -> None:
    source, loops_after, arrays_after = FUSED[name]
    before = scalar(source)
    outcome = Fuse().run(before)
    assert isinstance(outcome, Applied), outcome
    check(outcome.program)
    assert loops(outcome.program) == loops_after
    assert arrays(outcome.program) == arrays_after
    agree(before, outcome.program, tuple(int(p.type.ndim) for p in before.main.params))  # type: ignore[union-attr]
    assert isinstance(Fuse().run(outcome.program), Unchanged), "a second run changes nothing"


APART: dict[str, str] = {
    "an element that a later iteration makes": (
        "    for i in range(n):\n"
        "        y[i] = x[i] * 2.0\n"
        "    for j in range(n):\n"
        "        x[j] = y[n - 1 - j]\n"
        "    return y"
    ),
    "an element that the first loop would overwrite": (
        "    for i in range(n):\n"
        "        y[i] = x[i] * 2.0\n"
        "    for j in range(n - 1):\n"
        "        x[j] = y[j + 1]\n"
        "    return y"
    ),
    "a negative index wraps": (
        "    for i in range(n):\n"
        "        y[i] = x[i] * 2.0\n"
        "    for j in range(n):\n"
        "        x[j] = y[j - 1]\n"
        "    return y"
    ),
    "a sum that the second loop needs": (
        "    s = 0.0\n"
        "    for i in range(n):\n"
        "        s += x[i]\n"
        "    for j in range(n):\n"
        "        x[j] = x[j] / s\n"
        "    return y"
    ),
    "a loop that may end early": (
        "    for i in range(n):\n"
        "        if x[i] > 1.0:\n"
        "            break\n"
        "        y[i] = 1.0\n"
        "    for j in range(n):\n"
        "        x[j] = y[j]\n"
        "    return y"
    ),
    "an iteration that may be left": (
        "    for i in range(n):\n"
        "        if x[i] > 1.0:\n"
        "            continue\n"
        "        y[i] = 1.0\n"
        "    for j in range(n):\n"
        "        x[j] = y[j]\n"
        "    return y"
    ),
    "a loop variable that lives on": (
        "    j = 0\n"
        "    for i in range(n):\n"
        "        y[i] = x[i] * 2.0\n"
        "    for j in range(n):\n"
        "        x[j] = y[j]\n"
        "    return y, j"
    ),
    "a product of the library between the loops reads what the first one stores": (
        "    for i in range(n):\n        y[i] = x[i]\n    s = np.dot(x, y)\n"
        "    for j in range(n):\n        x[j] = y[j]\n    return s"
    ),
}


@pytest.mark.parametrize("name", APART)
def test_stay_apart(name: str) -> None:
    head = "def f(x: F1):\n    n = x.shape[0]\n    y = np.zeros(n)\n"
    before = scalar(head + APART[name])
    outcome = Fuse().run(before)
    after = outcome.program if isinstance(outcome, Applied) else before
    assert loops(after) == loops(before)
    agree(before, after, (1,))


def test_a_refusal_says_why() -> None:
    source = (
        "def f(x: F1):\n    n = x.shape[0]\n    y = np.zeros(n)\n"
        "    for i in range(n):\n        y[i] = x[i]\n"
        "    for j in range(n):\n        x[j] = y[n - 1 - j]\n    return y"
    )
    outcome = Fuse().run(scalar(source))
    assert isinstance(outcome, Unchanged)
    assert [(d.code, d.at.line) for d in outcome.declined] == [("LW245", 12)]
    assert "`y`" in outcome.declined[0].why


def test_a_softmax_is_two_passes_over_each_row() -> None:
    source = (
        "def f(x: F2):\n"
        "    e = np.exp(x - np.max(x, axis=1, keepdims=True))\n"
        "    return e / np.sum(e, axis=1, keepdims=True)"
    )
    before = scalar(source)
    outcome = Fuse().run(before)
    assert isinstance(outcome, Applied)
    check(outcome.program)
    assert arrays(outcome.program) < arrays(before)
    agree(before, outcome.program, (2,))
