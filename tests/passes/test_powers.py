"""Powers that become products and roots: the same numbers up to rounding, and a kernel that gives up where
they would overflow otherwise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, run
from loopwright.ir.nodes import Binary, Call, Check, For, Program
from loopwright.ir.walk import walk_exprs, walk_stmts
from loopwright.passes.base import Applied, Unchanged
from loopwright.passes.parallel import Parallel
from loopwright.passes.powers import Powers
from loopwright.pipeline import Passes, compiled_passes

HEADER = """
import numpy as np
from numpy.typing import NDArray
from typing import Annotated
F1 = Annotated[NDArray[np.float64], "n"]
G1 = Annotated[NDArray[np.float32], "n"]
"""


def low(source: str) -> Program:
    return Passes(lower_function(HEADER + source)).run(compiled_passes(())).program


def powers(program: Program) -> int:
    return sum(isinstance(e, Binary) and e.op == "pow" for e in walk_exprs(program.main.body))


MADE = {
    "a cube of Python's floats": "def f(x: float):\n    return x**3.0",
    "elements": "def f(x: F1):\n    return x**3 + 1.0",
    "the greatest": "def f(x: F1):\n    return x**8",
    "five": "def f(x: F1):\n    return x**5 - x**4",
    "a root": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    for v in x[::2]:\n        s = s + abs(v) ** 0.5\n"
        "    return s"
    ),
    "a root of a Python float": "def f(x: float):\n    return x**0.5",
    "single precision": "def f(x: G1):\n    return x**3",
    "a power of a power": "def f(x: F1):\n    return (x**3 + 1.0) ** 3",
    "in a condition": (
        "def f(x: F1):\n    n = 0\n    for v in x:\n        if v**3 > 0.5:\n            n += 1\n    return n"
    ),
}
KEPT = {
    "too great": "def f(x: F1):\n    return x**9",
    "a fraction": "def f(x: F1):\n    return x**1.5",
    "negative": "def f(x: F1):\n    return x**-3",
    "it need not be evaluated": (
        "def f(x: F1, k: int):\n    s = np.float64(0.0)\n    for i in range(len(x)):\n"
        "        s += x[i] if i < k else x[i] ** 3\n    return s"
    ),
    "the condition of a while": (
        "def f(x: F1):\n    v = x[0]\n    while v**3 < 10.0:\n        v = v + 1.0\n    return v"
    ),
}
NUMBERS = [0.0, -0.0, 1.0, -1.5, 3.3, 1e-200, -1e-60, 1e30, math.nan, 5e-324]
SINGLE = [0.0, -0.0, 1.0, -1.5, 3.3, 1e-30, 1e12, math.nan]


def arguments(program: Program, numbers: list[float]) -> list[list[Any]]:
    """One list of arguments for each call."""
    param = str(program.main.params[0].type)
    if "[" not in param:
        return [[v] for v in numbers]
    dtype = np.float32 if "float32" in param else np.float64
    with np.errstate(all="ignore"):
        return [[np.array(numbers).astype(dtype)]]


@pytest.mark.parametrize("name", MADE)
def test_small_powers_become_products(name: str) -> None:
    program = low(MADE[name])
    outcome = Powers().run(program)
    assert isinstance(outcome, Applied)
    check(outcome.program)
    assert powers(program) > powers(outcome.program) == 0
    answered = 0
    for args in arguments(program, SINGLE if "single" in name else NUMBERS):
        try:
            wanted = run(program, args)
        except KernelFailed:
            continue  # a negative number has no real root
        answered += 1
        rtol = 4 * np.finfo(np.float32 if "single" in name else np.float64).eps
        np.testing.assert_allclose(run(outcome.program, args)[0], wanted[0], rtol=rtol, atol=5e-324)
    assert answered


@pytest.mark.parametrize("name", KEPT)
def test_other_powers_stay(name: str) -> None:
    assert isinstance(Powers().run(low(KEPT[name])), Unchanged)


@pytest.mark.parametrize(
    ("source", "numbers"),
    [
        ("def f(x: F1):\n    return x**3", [5.643803094122361e102, -5.7e102, 1e103, math.inf]),
        (
            "def f(x: F1):\n    s = 1.0\n    for v in x:\n        s *= v**0.5\n    return s",
            [-math.inf],
        ),
        ("def f(x: float):\n    return x**4.0", [1.157920892373162e77]),
    ],
    ids=["a cube", "a root", "a power of Python's"],
)
def test_it_gives_up_near_infinity(source: str, numbers: list[float]) -> None:
    outcome = Powers().run(low(source))
    assert isinstance(outcome, Applied)
    for number in numbers:
        for args in arguments(outcome.program, [number]):
            with pytest.raises(KernelFailed):
                run(outcome.program, args)


def test_a_loop_that_threads_share_may_not_give_up() -> None:
    source = (
        "def f(x: F1, y: F1):\n    for i in range(min(len(x), len(y))):\n        y[i] = x[i] ** 3"
    )
    marked = Parallel(min_work=0).run(low(source))
    assert isinstance(marked, Applied)
    assert any(isinstance(s, For) and s.parallel for s in walk_stmts(marked.program.main.body))
    assert isinstance(Powers().run(marked.program), Unchanged)


def test_a_power_that_is_far_from_the_largest_number_is_finite() -> None:
    source = (
        "def f(x: F1, h: float):\n    for i in range(len(x)):\n"
        "        x[i] = (i / h) ** 3 + (i * h) ** 4"
    )
    outcome = Powers().run(low(source))
    assert isinstance(outcome, Applied)
    tests = [s for s in walk_stmts(outcome.program.main.body) if isinstance(s, Check)]
    assert not any(
        isinstance(e, Call) and "isfinite" in e.fn for s in tests for e in walk_exprs((s,))
    )
    for h in (0.5, -3.0, 1e-90, 1e200, math.nan):
        space: dict[str, Any] = {}
        exec(compile(HEADER + source, "<test>", "exec"), space)
        mine, theirs = np.zeros(4), np.zeros(4)
        by_name = {"x": mine, "h": h}
        try:
            space["f"](theirs, h)
        except OverflowError:
            with pytest.raises(KernelFailed):
                run(outcome.program, [by_name[p.name] for p in outcome.program.main.params])
        else:
            run(outcome.program, [by_name[p.name] for p in outcome.program.main.params])
            np.testing.assert_allclose(mine, theirs, rtol=1e-14)
