"""Storages, summaries and failures."""

from __future__ import annotations

import pytest

from loopwright.analysis.effects import may_fail, storages, summarise
from loopwright.analysis.liveness import flow
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.nodes import Assign, For, Func, Sym
from loopwright.ir.walk import symbols, walk_stmts

HEADER = """
import numpy as np
from numpy.typing import NDArray
from typing import Annotated
F1 = Annotated[NDArray[np.float64], "n"]
F2 = Annotated[NDArray[np.float64], "n m"]
"""


def main(source: str) -> Func:
    return lower_function(HEADER + source).main


def symbol(func: Func, name: str) -> Sym:
    return next(s for s in symbols(func) if s.name == name)


def written(source: str) -> set[str]:
    func = main(source)
    found = storages(func).written
    return {func.params[s.param].name for s in found if s.param is not None}


WRITTEN = {
    "a store": ("def f(x: F1, y: F1):\n    x[0] = y[0]\n", {"x"}),
    "a store through a view": ("def f(x: F2, y: F2):\n    r = x[0]\n    r[1] = 2.0\n", {"x"}),
    "a store through a second name": (
        "def f(x: F1, y: F1, c: bool):\n    z = x\n    if c:\n        z = y\n    z[0] = 1.0\n",
        {"x", "y"}),
    "a store into a copy": ("def f(x: F1):\n    z = x.copy()\n    z[0] = 1.0\n", set()),
    "a store into new memory": ("def f(x: F1):\n    z = np.zeros(3)\n    z[0] = x[0]\n", set()),
    "a slice of a list is a copy": ("def f(r: list[int]):\n    s = r[:]\n    s[0] = 1\n", set()),
    "a row of a list of lists is shared": (
        "def f(r: list[list[float]]):\n    s = r[0]\n    s[0] = 1.0\n", {"r"}),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written(name: str) -> None:
    source, wanted = WRITTEN[name]
    assert written(source) == wanted


def test_summaries_of_helpers() -> None:
    program = lower_function(
        HEADER + "def g(x: F1, y: F1) -> float:\n    for i in range(1):\n        if y[0] > 0.0:\n"
        "            x[0] = 1.0\n            return 1.0\n    return 0.0\n"
        "def f(a: F1, b: F1) -> float:\n    return g(a, b)\n"
    )
    found = summarise(program)
    helper = found[program.helpers[0].name]
    assert (set(helper.writes), set(helper.returns), helper.draws) == ({0}, set(), False)
    assert helper.fails  # an index of high IR may be out of range
    assert set(found["f"].writes) == {0}


FAILS = {
    "a + b": False, "a / b": True, "a * 2": False, "int(a)": True, "abs(b) > a": False, "x[0]": True,
    "a // 2.0": True, "x.shape[0] + 1": False, "a if a > b else b": False,
}  # fmt: skip


@pytest.mark.parametrize("text", FAILS)
def test_what_may_fail(text: str) -> None:
    func = main(f"def f(x: F1, a: float, b: float):\n    r = {text}\n    return r\n")
    found = [may_fail(s) for s in walk_stmts(func.body) if isinstance(s, Assign)]
    assert any(found) == FAILS[text]


def test_liveness_of_a_loop() -> None:
    func = main(
        "def f(x: F1):\n    a = 0.0\n    b = 0.0\n    c = 0.0\n    for i in range(len(x)):\n"
        "        a += float(x[i])\n        b = float(x[i]) + c\n        c = b\n        d = b * 2.0\n"
        "        x[i] = d\n    return a + b\n"
    )
    loop = next(s for s in walk_stmts(func.body) if isinstance(s, For))
    found = flow(func, loop)
    assert {s.name for s in found.after} == {"a", "b"}
    assert {s.name for s in found.carried if s not in func.params} == {"a", "c"}
