"""Lists that grow against CPython: the same items, lengths and failures."""

from __future__ import annotations

from typing import Any

import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, rebuild, run
from loopwright.ir.nodes import Append, Assign, Program, Var
from loopwright.ir.types import ListOf
from loopwright.ir.walk import walk_stmts
from loopwright.passes.base import Applied, Unchanged
from loopwright.passes.preallocate import Preallocate

SIZES = (-1, 0, 1, 2, 5, 17, 40)


def buffered(source: str) -> Program:
    outcome = Preallocate().run(lower_function(source))
    assert isinstance(outcome, Applied), outcome
    check(outcome.program)
    return outcome.program


def python(source: str, n: int) -> Any:
    space: dict[str, Any] = {}
    exec(source, space)
    try:
        return space["f"](n)
    except IndexError:
        return "failed"


def kernel(program: Program, n: int) -> Any:
    try:
        return rebuild(program, run(program, [n]), [n])
    except KernelFailed:
        return "failed"


def grows(program: Program) -> bool:
    """Whether a buffer is exchanged for a larger one."""
    return any(
        isinstance(s, Assign) and isinstance(s.value, Var) and isinstance(s.sym.type, ListOf)
        for s in walk_stmts(program.main.body)
    )


CASES: dict[str, tuple[str, bool]] = {
    "one loop has a known bound": (
        "def f(n: int):\n    out = []\n    for i in range(n):\n        out.append(2 * i)\n    return out",
        False,
    ),
    "a condition leaves room": (
        "def f(n: int):\n"
        "    out = []\n"
        "    for i in range(0, n, 3):\n"
        "        if i % 2 == 0:\n"
        "            out.append(i)\n"
        "    return out, len(out)",
        False,
    ),
    "nested loops multiply": (
        "def f(n: int):\n"
        "    out = []\n"
        "    for i in range(n):\n"
        "        for j in range(n):\n"
        "            out.append(i * j)\n"
        "    return out",
        False,
    ),
    "a condition in nested loops grows by need": (
        "def f(n: int):\n"
        "    out = []\n"
        "    for i in range(n):\n"
        "        for j in range(n):\n"
        "            if i * j % 3 == 1:\n"
        "                out.append(i * j)\n"
        "    return out",
        True,
    ),
    "a triangle grows by need": (
        "def f(n: int):\n"
        "    out = []\n"
        "    for i in range(n):\n"
        "        for j in range(i):\n"
        "            out.append(i * j)\n"
        "    return out",
        True,
    ),
    "a while loop grows by need and reads the end": (
        "def f(n: int):\n"
        "    out = [1]\n"
        "    while out[-1] < n:\n"
        "        out.append(out[-1] + len(out))\n"
        "    return out",
        True,
    ),
    "elements are read and written": (
        "def f(n: int):\n"
        "    out = []\n"
        "    for i in range(n):\n"
        "        out.append(i)\n"
        "        out[0] = out[-1] + out[i]\n"
        "    s = 0\n"
        "    for i in range(len(out)):\n"
        "        s += out[i]\n"
        "    return out, s",
        False,
    ),
    "an index beyond the end fails although the buffer is longer": (
        "def f(n: int):\n"
        "    out = []\n"
        "    for i in range(n):\n"
        "        if i % 2 == 0:\n"
        "            out.append(i)\n"
        "    return out[3] + out[-2]",
        False,
    ),
    "an index made negative by the counter wraps": (
        "def f(n: int):\n"
        "    out = []\n"
        "    for i in range(n):\n"
        "        out.append(i)\n"
        "    s = 0\n"
        "    for k in range(-3, 2):\n"
        "        s = 10 * s + out[k]\n"
        "    return s",
        False,
    ),
    "a row of each iteration": (
        "def f(n: int):\n"
        "    s = 0\n"
        "    for k in range(n):\n"
        "        row = []\n"
        "        for j in range(n):\n"
        "            row.append(j * k)\n"
        "        s += row[0] + row[k]\n"
        "    return s",
        False,
    ),
    "a comprehension with a condition": (
        "def f(n: int):\n    return [i * i for i in range(n) if i % 3 == 0]",
        False,
    ),
    "a second name for the same list": (
        "def f(n: int):\n"
        "    out = []\n"
        "    kept = out\n"
        "    for i in range(n):\n"
        "        kept.append(i)\n"
        "    return kept",
        False,
    ),
    "a list turned round": (
        "def f(n: int):\n"
        "    path = [n]\n"
        "    for i in range(n):\n"
        "        path.append(path[-1] * 2 - i)\n"
        "    path = path[::-1]\n"
        "    return path",
        False,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_same_items(name: str) -> None:
    source, _ = CASES[name]
    program = buffered(source)
    assert not any(isinstance(s, Append) for s in walk_stmts(program.main.body))
    for n in SIZES:
        assert kernel(program, n) == python(source, n), n


@pytest.mark.parametrize("name", CASES)
def test_the_size_is_known_where_it_can_be(name: str) -> None:
    source, by_need = CASES[name]
    if "path" not in source:
        assert grows(buffered(source)) == by_need


def test_a_list_with_two_names_in_a_branch_is_refused() -> None:
    source = (
        "def f(n: int):\n"
        "    a = [0]\n"
        "    b = [1]\n"
        "    c = a if n > 3 else b\n"
        "    for i in range(n):\n"
        "        a.append(i)\n"
        "    return len(c)"
    )
    try:
        program = lower_function(source)
    except Exception as error:
        assert type(error).__name__ == "CannotLower"
        return
    outcome = Preallocate().run(program)
    assert isinstance(outcome, Unchanged)
    assert [d.code for d in outcome.declined] == ["LW244"]


def test_programs_without_lists_stay() -> None:
    assert isinstance(Preallocate().run(lower_function("def f(n: int):\n    return n")), Unchanged)
