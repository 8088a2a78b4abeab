"""Iterations of `prange` that meet are found without a race having to happen."""

from __future__ import annotations

import ast
import types
from pathlib import Path

import pytest

from loopwright.verify.functions import render
from loopwright.verify.noting import WATCH, noted
from loopwright.verify.races import Watch

from .pool import verify_functions

MEETS = {
    "a neighbour is read": ("for i in prange(1, len(a)):\n    a[i] = a[i - 1] * 0.5", "a["),
    "an element gathers": ("for i in prange(len(a)):\n    b[i % 2] += a[i]", "b["),
    "one scratch array for all": (
        "t = np.empty(1)\nfor i in prange(len(a)):\n    t[0] = a[i]\n    b[i] = t[0]", "t[0]",
    ),
    "slices overlap": ("for i in prange(len(a) - 1):\n    b[i : i + 2] = a[i]", "b["),
    "a row that is a view": (
        "m = np.zeros((2, 3))\nfor i in prange(4):\n    row = m[i // 2]\n    row[0] += i", "row[0]",
    ),
    "a scalar is carried over": (
        "t = 0.0\nfor i in prange(len(a)):\n    b[i] = t\n    t = a[i]", "t:",
    ),
    "a running sum is used": (
        "t = 0.0\nfor i in prange(len(a)):\n    t += a[i]\n    b[i] = t", "t:",
    ),
    "the last value is used": (
        "for i in prange(len(a)):\n    t = a[i]\nb[0] = t", "t after the parallel loop",
    ),
    "an array is written as a whole": (
        "for i in prange(len(a)):\n    b[:] = a[i]", "b[",
    ),
    "a helper writes": ("for i in prange(len(a)):\n    put(b, a[i])", "out[0]"),
}  # fmt: skip
KEEPS_APART = {
    "elements of its own": "for i in prange(len(a)):\n    b[i] = a[i] * 2\n    b[i] += 1",
    "rows of its own": (
        "m = np.zeros((3, 4))\nfor i in prange(3):\n    row = m[i]\n    row[:] = i\n    m[i, 1:] += row[1:]"
    ),
    "a sum": "t = 0.0\nfor i in prange(len(a)):\n    t += a[i]\nb[0] = t",
    "a largest value": "t = 0.0\nfor i in prange(len(a)):\n    t = max(t, a[i])\nb[0] = t",
    "a sum of its own": (
        "for i in prange(len(a)):\n    t = 0.0\n    for j in range(i):\n        t += a[j]\n    b[i] = t"
    ),
    "scratch of its own": (
        "for i in prange(len(a)):\n    t = np.empty(2)\n    t[0] = a[i]\n    b[i] = t[0] + np.sum(a)"
    ),
    "a mark that all set alike": "for i in prange(len(a)):\n    b[0] = 1.0",
    "one loop after the other": (
        "for i in prange(len(a)):\n    b[i] = a[i]\nfor i in prange(len(a)):\n    a[i] = b[len(a) - 1 - i]"
    ),
    "a swap of its own pair": (
        "for i in prange(len(a) // 2):\n    a[2 * i], a[2 * i + 1] = a[2 * i + 1], a[2 * i]"
    ),
    "a name used again": "for i in prange(len(a)):\n    t = a[i]\n    b[i] = t\nt = 3.0\nb[0] = t",
}


def found(body: str, backwards: bool = False) -> str:
    """What a watch says of a loop over the arrays `a` and `b`."""
    lines = "\n    ".join(body.splitlines())
    source = f"def put(out, v):\n    out[0] = v\ndef f(a, b):\n    {lines}\n"
    scope: dict[str, object] = {}
    exec("import numpy as np\n", scope)
    exec(source, scope)
    watch = Watch(backwards=backwards)
    scope[WATCH] = watch
    for name in ("put", "f"):
        plain = scope[name]
        assert isinstance(plain, types.FunctionType)
        made = noted(plain, source, lambda node: ast.unparse(node) == "prange")
        assert made is not None
        scope[name] = made
        watch.known.add(id(made))
    exec("f(np.arange(1.0, 6.0), np.zeros(5))", scope)
    return watch.found


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(("body", "words"), MEETS.values(), ids=MEETS)
def test_iterations_that_meet_are_named(body: str, words: str, backwards: bool) -> None:
    assert words in found(body, backwards)


@pytest.mark.parametrize("body", KEEPS_APART.values(), ids=KEEPS_APART)
def test_iterations_that_keep_apart_are_not_accused(body: str) -> None:
    assert found(body) == ""


PAIR = """from typing import Annotated
import numpy as np
from numba import njit, prange
from numpy.typing import NDArray
V = Annotated[NDArray[np.float64], 'n']
def f(x: V) -> V:
    out = np.zeros(3)
    for v in x:
        out[int(v > 0.0)] = max(out[int(v > 0.0)], abs(v))
    return out
@njit(parallel=True)
def kernel(x):
    out = np.zeros(3)
    for i in prange(len(x)):
        k = int(x[i] > 0.0)
        out[k] = max(out[k], abs(x[i]))
    return out
def g(x):
    return kernel(x.copy())
"""


def test_a_race_of_compiled_code_is_a_difference(tmp_path: Path) -> None:
    file = tmp_path / "pair.py"
    file.write_text(PAIR)
    verdict = verify_functions(file, "f", file, "g", time_limit=40.0, inputs=20)
    assert verdict.status == "different", render(verdict)
