"""Loops that change places: the same bits, and no exchange where an iteration would come too early."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, run
from loopwright.ir.nodes import For, If, Program, Stmt
from loopwright.pipeline import Passes, Ran, compiled_passes

HEADER = """
import numpy as np
from numpy.typing import NDArray
F1 = NDArray[np.float64]
F2 = "np.ndarray[tuple[int, int], np.dtype[np.float64]]"
"""


def nested(*lines: str) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f"def f(a: F2, b: F2, x: F1, n: int, m: int) -> None:\n{body}"


EXCHANGED = {
    "down the columns": nested(
        "for i in range(m):", "    for j in range(1, n):", "        a[j, i] = a[j - 1, i] + b[j, i]"
    ),
    "a diagonal in the direction of both": nested(
        "for i in range(1, m):", "    for j in range(1, n):", "        a[j, i] = a[j - 1, i - 1] * b[j, i]"
    ),
    "a variable of each iteration": nested(
        "for i in range(m):", "    for j in range(n):", "        t = b[j, i] * 2.0", "        a[j, i] = t + t"
    ),
    "what stands before gets its own loop": nested(
        "for i in range(m):", "    x[i] = x[i] * 0.5", "    for j in range(1, n):",
        "        a[j, i] = a[j - 1, i] + x[i]",
    ),
    "what stands behind gets its own loop": nested(
        "for i in range(m):", "    for j in range(n):", "        a[j, i] = 0.0",
        "    x[i] = b[0, i]",
    ),
    "a number of each row that all columns change": nested(
        "for i in range(1, m):", "    for j in range(1, n):", "        a[j, i] = a[j - 1, i] + x[j]",
        "        x[j] = x[j] * 0.5",
    ),
    "under a condition": nested(
        "for i in range(m):", "    if a[0, i] > 0.0:", "        for j in range(1, n):",
        "            a[j, i] = a[j - 1, i] + b[j, i]",
    ),
    "a triangle that begins at the outer variable": nested(
        "for i in range(m):", "    for j in range(i + 1, n):", "        a[j, i] = b[j, i] + 1.0"
    ),
    "a triangle that ends at the outer variable": nested(
        "for i in range(m):", "    for j in range(i + 2):", "        a[j, i] = b[j, i] + 1.0"
    ),
    "a triangle down the columns": nested(
        "for i in range(2, m):", "    for j in range(1, i):", "        a[j, i] = a[j - 1, i] + b[j, i]"
    ),
}  # fmt: skip
LEFT = {
    "a diagonal against the direction of one": nested(
        "for i in range(1, m):", "    for j in range(n - 1):", "        a[j, i] = a[j + 1, i - 1] * b[j, i]"
    ),
    "along the rows already": nested(
        "for i in range(n):", "    for j in range(1, m):", "        a[i, j] = a[i, j - 1] + b[i, j]"
    ),
    "an element that all iterations change": nested(
        "for i in range(m):", "    for j in range(1, n):", "        x[j] = 1.0 - x[j - 1]",
        "        a[j, i] = x[j] + b[j, i]",
    ),
    "a sum over all": nested(
        "s = 0.0", "for i in range(m):", "    for j in range(n):", "        s = s + a[j, i]",
        "        a[j, i] = s",
    ),
    "a sum of each column": nested(
        "for i in range(m):", "    s = 0.0", "    for j in range(n):", "        s = s + a[j, i]",
        "    x[i] = s",
    ),
    "a condition that the loop changes": nested(
        "for i in range(m):", "    if a[1, i] > 0.0:", "        for j in range(n):",
        "            a[j, i] = a[j, i] - 1.0",
    ),
    "what stands before reads what the loop wrote": nested(
        "for i in range(1, m):", "    x[i] = a[n - 1, i - 1]", "    for j in range(1, n):",
        "        a[j, i] = a[j - 1, i] + x[i]",
    ),
    "a way out": nested(
        "for i in range(m):", "    for j in range(n):", "        if b[j, i] > 1.0:", "            break",
        "        a[j, i] = 1.0",
    ),
    "a condition on what the loop both reads and changes": nested(
        "for i in range(m):", "    if a[1, i] > 0.0:", "        for j in range(n):",
        "            a[j, i] = b[j, i] + a[1, i] - 9.0",
    ),
    "a condition that keeps out more iterations than there are rows": nested(
        "for i in range(m):", "    if a[0, i] > 0.0:", "        for j in range(1, n):",
        "            if j < 3:", "                a[j, i] = a[j - 1, i] + b[j, i]",
    ),
    "bounds that the loop changes": nested(
        "k = n", "for i in range(m):", "    for j in range(k):", "        a[j, i] = 1.0", "    k = i"
    ),
}  # fmt: skip


def ran(source: str) -> Ran:
    found = Passes(lower_function(HEADER + source)).run(compiled_passes(()))
    check(found.program)
    return found


def shape(body: tuple[Stmt, ...]) -> list[Any]:
    """The names of the loop variables, nested."""
    inside = (s for top in body for s in (top.then if isinstance(top, If) else (top,)))
    return [[s.sym.name, *shape(s.body)] for s in inside if isinstance(s, For)]


def compare(source: str, program: Program) -> int:
    """How often the kernel ran, always with Python's bits."""
    space: dict[str, Any] = {}
    exec(HEADER + source, space)
    rng = np.random.default_rng(3)
    count = 0
    for n in (0, 1, 2, 3, 5):
        for m in (0, 1, 2, 4, 5):
            given = {
                "a": rng.normal(size=(max(n, m) + 1, m)), "b": rng.normal(size=(max(n, m) + 1, m)),
                "x": rng.normal(size=max(n, m)), "n": n, "m": m,
            }  # fmt: skip
            theirs, ours = copy.deepcopy(given), copy.deepcopy(given)
            try:
                run(program, [ours[p.name] for p in program.main.params])
            except KernelFailed:
                continue
            space["f"](**theirs)
            count += 1
            for name in "abx":
                assert ours[name].tobytes() == theirs[name].tobytes(), (n, m, name)
    return count


@pytest.mark.parametrize("source", EXCHANGED.values(), ids=EXCHANGED)
def test_the_inner_loop_runs_along_the_rows(source: str) -> None:
    found = ran(source)
    assert "interchange" in found.applied
    assert ["j", ["i"]] in shape(found.program.main.body)
    assert compare(source, found.program) > 10


@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_other_loops_stay(source: str) -> None:
    found = ran(source)
    assert "interchange" not in found.applied
    assert compare(source, found.program) > 5


def test_what_runs_along_the_rows_already_gets_a_nest_of_its_own() -> None:
    source = nested(
        "for i in range(1, m):", "    for j in range(1, n):", "        a[j, i] = a[j - 1, i] + x[j]",
        "        b[i, j] = b[i - 1, j] * x[i]",
    )  # fmt: skip
    found = ran(source)
    assert shape(found.program.main.body) == [["j", ["i"]], ["i", ["j"]]]
    assert compare(source, found.program) > 10
    together = source.replace("b[i, j] =", "a[i, j] =")
    found = ran(together)
    assert shape(found.program.main.body) == [["i", ["j"]]]
    assert compare(together, found.program) > 10


def test_a_cut_that_helps_nobody_is_not_made() -> None:
    source = nested(
        "for i in range(1, m):", "    x[i] = 1.0", "    for j in range(n - 1):",
        "        a[j, i] = a[j + 1, i - 1] * b[j, i]",
    )  # fmt: skip
    found = ran(source)
    assert shape(found.program.main.body) == [["i", ["j"]]]


HUGE = [(10**15, 0), (2**63 - 1, -(2**63)), (2**63 - 1, -3)]


@pytest.mark.parametrize(
    "name", ["down the columns", "a triangle that begins at the outer variable"]
)
def test_an_outer_loop_without_iterations_ends_at_once(name: str) -> None:
    program = ran(EXCHANGED[name]).program
    for n, m in HUGE:
        given = {"a": np.ones((2, 2)), "b": np.ones((2, 2)), "x": np.ones(2), "n": n, "m": m}
        run(program, [given[p.name] for p in program.main.params])
        assert given["a"].tolist() == [[1.0, 1.0], [1.0, 1.0]]
