"""Dependences of loops, against tables and against enumeration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopwright.analysis.depend import Independent, dependences, loop_independent
from loopwright.diagnostics import Declined
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.nodes import For, Func
from loopwright.ir.walk import walk_stmts
from loopwright.passes.base import Applied
from loopwright.passes.legalise import Legalise

HEADER = """
import numpy as np
from numpy.typing import NDArray
from typing import Annotated
F1 = Annotated[NDArray[np.float64], "n"]
F2 = Annotated[NDArray[np.float64], "n m"]
F3 = Annotated[NDArray[np.float64], "n m o"]
I1 = Annotated[NDArray[np.int64], "n"]
I2 = Annotated[NDArray[np.int64], "n m"]
B1 = Annotated[NDArray[np.bool_], "n"]
B2 = Annotated[NDArray[np.bool_], "n m"]
"""


def loops(func: Func) -> list[For]:
    return [s for s in walk_stmts(func.body) if isinstance(s, For)]


def verdict(func: Func, which: int = 0) -> str:
    found = loop_independent(func, loops(func)[which])
    return "independent" if isinstance(found, Independent) else found.code


CASES = {
    "an element-wise loop": (
        "def f(x: F1, y: F1):\n    for i in range(len(x)):\n        y[i] = x[i] * 2.0\n",
        ["independent"]),
    "a stencil from one array to another": (
        "def f(x: F2, y: F2):\n    for i in range(1, x.shape[0] - 1):\n"
        "        for j in range(1, x.shape[1] - 1):\n            y[i, j] = x[i - 1, j] + x[i, j + 1]\n",
        ["independent", "independent"]),
    "a stencil in place": (
        "def f(x: F2):\n    for i in range(1, x.shape[0] - 1):\n        for j in range(1, x.shape[1]):\n"
        "            x[i, j] = x[i - 1, j] + x[i + 1, j]\n",
        ["LW203", "independent"]),
    "writing the odd elements from the even ones": (
        "def f(x: F1):\n    for i in range(1, len(x), 2):\n        x[i] = x[i - 1]\n", ["independent"]),
    "mirroring a triangle": (
        "def f(x: F2):\n    for i in range(x.shape[0]):\n        for j in range(i):\n"
        "            x[j, i] = x[i, j]\n",
        ["independent", "independent"]),
    "transposing over the whole square": (
        "def f(x: F2):\n    for i in range(x.shape[0]):\n        for j in range(x.shape[0]):\n"
        "            x[j, i] = x[i, j]\n",
        ["LW203", "independent"]),
    "rows seen through a view": (
        "def f(x: F2):\n    for i in range(x.shape[0]):\n        row = x[i]\n"
        "        for j in range(len(row)):\n            row[j] = row[j] + 1.0\n",
        ["independent", "independent"]),
    "a view that moves by less than its length": (
        "def f(x: F1):\n    for i in range(len(x) - 2):\n        part = x[i:i + 2]\n"
        "        part[0] = part[1]\n",
        ["LW203"]),
    "a length that depends on what is written": (
        "def f(x: F1, t: float):\n    for i in range(len(x)):\n        x[i] = len(x[x > t])\n",
        ["LW204"]),
    "a length that depends on a mask that is written": (
        "def f(x: F1, h: B1):\n    for i in range(len(x)):\n        h[i] = False\n        x[i] = len(x[h])\n",
        ["LW204"]),
    "the length of what is written": (
        "def f(x: F1):\n    for i in range(len(x)):\n        x[i] = len(x[1:])\n", ["independent"]),
    "a mask for two axes in front of a position": (
        "def f(x: F3, h: B2):\n    for i in range(1, x.shape[2]):\n        x[h, i] = x[0, 1, i - 1]\n",
        ["LW204"]),
    "a mask, and positions that never meet": (
        "def f(x: F3, h: B2):\n    for i in range(1, x.shape[2]):\n        x[h, i] = x[0, 1, 0]\n",
        ["independent"]),
    "axes behind picked rows": (
        "def f(x: F2, at: I2):\n    for i in range(len(x)):\n        x[i, 1] = x[at, :][0, i, 1]\n",
        ["LW204"]),
    "columns seen through a transpose": (
        "def f(x: F2):\n    t = x.T\n    for i in range(x.shape[0]):\n        t[0, i] = x[i, 1]\n",
        ["independent"]),
    "a histogram": (
        "def f(x: I1, h: I1):\n    for i in range(len(x)):\n        h[x[i]] += 1\n", ["LW204"]),
    "reading at indices from an array": (
        "def f(x: F1, at: I1, y: F1):\n    for i in range(len(at)):\n        y[i] = x[at[i]]\n",
        ["independent"]),
    "an array made in the body": (
        "def f(x: F2, y: F1):\n    for i in range(x.shape[0]):\n        t = np.zeros(4)\n"
        "        for j in range(4):\n            t[j] = x[i, j]\n        y[i] = t[0] + t[3]\n",
        ["independent", "independent"]),
    "an array made before the loop": (
        "def f(x: F2, y: F1):\n    t = np.zeros(4)\n    for i in range(x.shape[0]):\n"
        "        for j in range(4):\n            t[j] = x[i, j]\n        y[i] = t[0] + t[3]\n",
        ["LW203", "independent"]),
    "an array made in the body that is needed afterwards": (
        "def f(x: F1):\n    t = np.zeros(4)\n    for i in range(len(x)):\n        t = np.zeros(4)\n"
        "        t[0] = x[i]\n    return t[0]\n",
        ["LW205"]),
    "a float sum": (
        "def f(x: F1):\n    s = 0.0\n    for i in range(len(x)):\n        s += float(x[i])\n    return s\n",
        ["LW206"]),
    "a count": (
        "def f(x: F1):\n    c = 0\n    for i in range(len(x)):\n        if x[i] > 0.0:\n"
        "            c += 1\n    return c\n",
        ["independent"]),
    "a count that is looked at": (
        "def f(x: F1):\n    c = 0\n    for i in range(len(x)):\n        if x[i] > c:\n"
        "            c += 1\n    return c\n",
        ["LW205"]),
    "the last value of a variable": (
        "def f(x: F1):\n    a = 0\n    for i in range(len(x)):\n        a = i * 2\n    return a\n",
        ["LW205"]),
    "the loop variable afterwards": (
        "def f(x: F1):\n    i = 0\n    for i in range(len(x)):\n        x[i] = 0.0\n    return i\n",
        ["LW205"]),
    "a variable used again by a later loop": (
        "def f(x: F1):\n    for i in range(len(x)):\n        a = x[i]\n        x[i] = a * a\n"
        "    for i in range(len(x)):\n        a = x[i]\n        x[i] = a + a\n",
        ["independent", "independent"]),
    "a variable assigned on one path only": (
        "def f(x: F1):\n    a = 0.0\n    for i in range(len(x)):\n        if x[i] > 0.0:\n"
        "            a = float(x[i])\n        x[i] = a\n",
        ["LW205"]),
    "negative constants": (
        "def f(x: F1):\n    for i in range(len(x) - 1):\n        x[i] = x[-1]\n", ["independent"]),
    "an offset that is a parameter, perhaps negative": (
        "def f(x: F1, k: int):\n    for i in range(len(x) - k):\n        x[i + k] = x[i]\n", ["LW204"]),
    "an offset that is known to pass the end": (
        "def f(x: F1, k: int):\n    if k < 100:\n        return\n    for i in range(100):\n"
        "        x[i + k] = x[i]\n", ["independent"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_verdicts(name: str) -> None:
    source, wanted = CASES[name]
    func = lower_function(HEADER + source).main
    assert [verdict(func, k) for k in range(len(wanted))] == wanted


@pytest.mark.parametrize("name", ["a stencil in place", "a histogram", "an element-wise loop"])
def test_low_level_code_has_the_same_dependences(name: str) -> None:
    source, wanted = CASES[name]
    outcome = Legalise().run(lower_function(HEADER + source))
    assert isinstance(outcome, Applied)
    assert verdict(outcome.program.main) == wanted[0]


DISTANCES = [("x[i] = x[i - 1]", {1}), ("x[i] = x[i - 3]", {3}), ("x[i - 2] = x[i]", {2}),
             ("x[0] = x[i]", {None})]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), DISTANCES, ids=[t for t, _ in DISTANCES])
def test_distances(text: str, wanted: set[int | None]) -> None:
    source = f"def f(x: F1):\n    for i in range(3, len(x)):\n        {text}\n"
    func = lower_function(HEADER + source).main
    assert {d.distance for d in dependences(func, loops(func)[0])} == wanted


def test_a_refusal_tells_the_distance_and_the_place() -> None:
    source = "def f(x: F1):\n    for i in range(1, len(x)):\n        x[i] = x[i - 1]\n"
    func = lower_function(HEADER + source).main
    found = loop_independent(func, loops(func)[0])
    assert isinstance(found, Declined)
    assert found.why == "reads what the iteration before wrote (distance 1)"
    assert found.at.line == HEADER.count("\n") + 3


def test_a_float_sum_may_be_allowed() -> None:
    func = lower_function(HEADER + CASES["a float sum"][0]).main
    found = loop_independent(func, loops(func)[0], float_sums=True)
    assert isinstance(found, Independent)
    assert [s.name for s in found.sums] == ["s"]


def test_a_loop_of_another_function_is_an_error() -> None:
    one, two = (lower_function(HEADER + CASES["a count"][0]).main for _ in range(2))
    with pytest.raises(ValueError, match="loop"):
        dependences(one, loops(two)[0])


# ------------------------------------------------------------ against enumeration

small = st.integers(0, 2)
position = st.tuples(small, small, st.integers(0, 4))


@st.composite
def nests(draw: Any) -> tuple[str, list[list[tuple[bool, tuple[int, int]]]]]:
    """The text of a nest, and for each iteration of the outer loop its accesses (write, element)."""
    lo, trips, step = (
        draw(st.integers(0, 2)),
        draw(st.integers(0, 4)),
        draw(st.sampled_from([1, 2, -1])),
    )
    outer = range(lo, lo + trips) if step > 0 else range(lo + trips, lo, -1)
    outer = outer[::2] if step == 2 else outer
    triangular = draw(st.booleans())
    pair = draw(st.tuples(position, position))
    source = draw(st.tuples(position, position))
    limit = draw(st.integers(0, 3))

    def text(p: tuple[int, int, int]) -> str:
        return f"{p[0]} * i + {p[1]} * j + {p[2]}"

    def at(p: tuple[int, int, int], i: int, j: int) -> int:
        return p[0] * i + p[1] * j + p[2]

    stop = "i" if triangular else "3"
    condition = draw(st.sampled_from(["j <= i", "j + i > 2", "True"]))
    lines = [
        "def f(x: F2):",
        f"    for i in range({outer.start}, {outer.stop}, {outer.step}):",
        f"        for j in range({stop}):",
        f"            if {condition} and j >= {limit - 1}:",
        f"                x[{text(pair[0])}, {text(pair[1])}] = x[{text(source[0])}, {text(source[1])}]",
    ]
    accesses = []
    for i in outer:
        one: list[tuple[bool, tuple[int, int]]] = []
        for j in range(i if triangular else 3):
            if eval(condition) and j >= limit - 1:
                one.append((False, (at(source[0], i, j), at(source[1], i, j))))
                one.append((True, (at(pair[0], i, j), at(pair[1], i, j))))
        accesses.append(one)
    return "\n".join(lines) + "\n", accesses


def conflicts(iterations: list[list[tuple[bool, tuple[int, int]]]]) -> bool:
    for a, one in enumerate(iterations):
        for other in iterations[a + 1 :]:
            if any(p == q and (v or w) for v, p in one for w, q in other):
                return True
    return False


@settings(max_examples=80, deadline=None, derandomize=True)
@given(nests())
def test_affine_nests_are_decided_exactly(nest: tuple[str, Any]) -> None:
    source, iterations = nest
    func = lower_function(HEADER + source).main
    found = dependences(func, loops(func)[0])
    assert bool(found) == conflicts(iterations), source


assert np  # the header of the drawn programs names it
