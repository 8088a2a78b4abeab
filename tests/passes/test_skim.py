"""Blocks in which nothing happens are passed over: the same results, NaN and zeros included."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, rebuild, run
from loopwright.pipeline import Passes, Ran, compiled_passes

HEADER = """
import numpy as np
from numpy.typing import NDArray
F1 = NDArray[np.float64]
F2 = "np.ndarray[tuple[int, int], np.dtype[np.float64]]"
"""
SKIMMED = {
    "the greatest": (
        "def f(x: F1):\n    best = x[0]\n    for i in range(len(x)):\n        if x[i] > best:\n"
        "            best = x[i]\n    return best\n"
    ),
    "the place of the least": (
        "def f(x: F1):\n    best = 1.0\n    at = -1\n"
        "    for i in range(2, len(x)):\n        if x[i] < best:\n"
        "            best = x[i]\n            at = i\n    return best, at\n"
    ),
    "the greatest magnitude": (
        "def f(x: F1):\n    best = abs(x[0])\n    for i in range(len(x)):\n        if abs(x[i]) >= best:\n"
        "            best = abs(x[i])\n    return best\n"
    ),
    "the first one": (
        "def f(x: F1):\n    at = -1\n"
        "    for i in range(len(x)):\n        if x[i] > 2.5:\n            at = i\n"
        "            break\n    return at\n"
    ),
    "a change and a way out": (
        "def f(x: F1):\n    for i in range(1, len(x)):\n        if x[i] > 2.5:\n            x[i - 1] = 7.0\n"
        "            break\n"
    ),
    "marks of records": (
        "def f(x: F1):\n    best = 0.0\n    for i in range(len(x)):\n        if x[i] > best:\n"
        "            best = x[i]\n            x[i] = -1.0\n    return best\n"
    ),
}
LEFT = {
    "a condition that may hold often": (
        "def f(x: F1):\n    at = -1\n"
        "    for i in range(len(x)):\n        if x[i] > 0.5:\n            at = i\n"
        "    return at\n"
    ),
    "something in each iteration": (
        "def f(x: F1):\n    best = 0.0\n    s = 0.0\n    for i in range(len(x)):\n        if x[i] > best:\n"
        "            best = x[i]\n        s += best\n    return s\n"
    ),
    "the position is needed afterwards": (
        "def f(x: F1):\n    i = 0\n    for i in range(len(x)):\n        if x[i] > 2.5:\n            break\n"
        "    return i\n"
    ),
    "a position that changes": (
        "def f(x: F1):\n    k = 0\n    for i in range(len(x)):\n        if x[k] < i:\n            k += 1\n"
        "    return k\n"
    ),
}


def ran(source: str) -> Ran:
    found = Passes(lower_function(HEADER + source)).run(compiled_passes(()))
    check(found.program)
    return found


def inputs() -> list[Any]:
    rng = np.random.default_rng(5)
    made = [rng.normal(size=n) for n in (0, 1, 2, 3, 63, 64, 65, 127, 128, 129, 200, 300)]
    made += [np.arange(150.0), -np.arange(150.0), np.full(70, np.nan), np.full(130, -0.0)]
    for n, k in ((65, 0), (65, 64), (130, 64), (130, 127), (192, 191)):
        x = np.zeros(n)
        x[k] = 3.0
        made.append(x)
        x = rng.normal(size=n)
        x[k] = np.nan
        x[(k + 1) % n] = math.inf
        made.append(x)
        made.append(np.where(np.arange(n) % 3 == 0, 0.0, -0.0))
    return made


def same(source: str, found: Ran) -> int:
    space: dict[str, Any] = {}
    exec(HEADER + source, space)
    count = 0
    for x in inputs():
        theirs, ours = copy.deepcopy(x), copy.deepcopy(x)
        try:
            got = rebuild(found.program, run(found.program, [ours]), [ours])
        except KernelFailed:
            continue
        want = space["f"](theirs)
        count += 1
        assert repr(got) == repr(want), (got, want)
        assert ours.tobytes() == theirs.tobytes()
    return count


@pytest.mark.parametrize("source", SKIMMED.values(), ids=SKIMMED)
def test_blocks_are_passed_over(source: str) -> None:
    found = ran(source)
    assert "skim" in found.applied
    assert same(source, found) > 20


@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_other_loops_stay(source: str) -> None:
    found = ran(source)
    assert "skim" not in found.applied
    same(source, found)


def test_inner_loops_are_looked_at() -> None:
    source = (
        "def f(a: F2):\n    n, m = a.shape\n    best = 0.0\n    row = -1\n    for i in range(n):\n"
        "        for j in range(m):\n            if a[i, j] > best:\n                best = a[i, j]\n"
        "                row = i\n    return best, row\n"
    )
    found = ran(source)
    assert "skim" in found.applied
    space: dict[str, Any] = {}
    exec(HEADER + source, space)
    for shape in ((0, 3), (3, 0), (2, 130), (5, 64)):
        a = np.random.default_rng(1).normal(size=shape)
        got = rebuild(found.program, run(found.program, [a]), [a])
        assert repr(got) == repr(space["f"](a))
