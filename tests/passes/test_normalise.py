"""What normalising does, and above all what it must leave alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loopwright.diagnostics import NOWHERE
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Check,
    Compare,
    Const,
    Expr,
    For,
    Func,
    If,
    Load,
    Logic,
    Nothing,
    Program,
    Pt,
    Return,
    Slc,
    Stmt,
    Store,
    Sym,
    Value,
    Var,
)
from loopwright.ir.show import show
from loopwright.ir.types import B1, BOOL, F64, FLOAT, INT, Array, Type
from loopwright.passes.base import Applied
from loopwright.passes.normalise import Normalise, normalise
from loopwright.passes.normalise_fold import fold

Agree = Callable[[Program, Program, float], int]

HEADER = """
from typing import Annotated
import numpy as np
from numpy.typing import NDArray
F1 = Annotated[NDArray[np.float64], "n"]
F2 = Annotated[NDArray[np.float64], "n m"]
"""

x = Sym("x", Array("float64", 1))
n = Sym("n", INT)
c = Sym("c", BOOL)


def int_(value: int) -> Const:
    return Const(value, INT)


def plus(a: Expr, b: Expr) -> Expr:
    return Binary("add", a, b, INT)


def at(i: Expr) -> Load:
    return Load(Var(x), (Pt(i),), F64)


def program(*body: Stmt, results: tuple[Type, ...] = ()) -> Program:
    rebuild = Value(0, results[0]) if results else Nothing()
    made = Program(Func("f", (x, n, c), results, body, NOWHERE), rebuild)
    check(made)
    return made


def normal(before: Program) -> Program:
    outcome = Normalise().run(before)
    if not isinstance(outcome, Applied):
        return before
    check(outcome.program)
    return outcome.program


def lines(of: Program) -> list[str]:
    return [line.strip() for line in show(of).splitlines()[1:]]


# ------------------------------------------------------------------ folding

FOLDED = [
    ("sums of constants", plus(int_(2), int_(3)), int_(5)),
    ("a constant moves to the constant", plus(plus(Var(n), int_(2)), int_(-3)),
     Binary("sub", Var(n), int_(1), INT)),
    ("what is added and taken away is gone",
     Binary("sub", plus(Var(n), int_(4)), int_(4), INT), Var(n)),
    ("floor division rounds down", Binary("floordiv", int_(-7), int_(2), INT), int_(-4)),
    ("the remainder has the sign of the divisor", Binary("mod", int_(-7), int_(2), INT), int_(1)),
    ("a chosen side", Logic("and", Const(True, BOOL), Var(c), BOOL), Var(c)),
    ("a decided choice", Logic("or", Const(True, BOOL), Var(c), BOOL), Const(True, BOOL)),
    ("a comparison of constants", Compare("lt", int_(1), int_(2), BOOL), Const(True, BOOL)),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [f[1:] for f in FOLDED], ids=[f[0] for f in FOLDED])
def test_a_node_is_folded(before: Expr, after: Expr) -> None:
    assert fold(before) == after


KEPT = [
    ("a division by zero", Binary("floordiv", int_(1), int_(0), INT)),
    ("a remainder by zero", Binary("mod", int_(1), int_(0), INT)),
    ("adding 0.0, which turns -0.0 into 0.0",
     Binary("add", at(int_(0)), Const(0.0, FLOAT), F64)),
    ("multiplying by 0, whose other side may fail", Binary("mul", at(int_(0)), int_(0), F64)),
    ("a sum beyond 64 bits", plus(int_(2**62), int_(2**62))),
    ("a bool plus zero, which is an int", plus(Var(c), int_(0))),
]  # fmt: skip


@pytest.mark.parametrize("node", [k[1] for k in KEPT], ids=[k[0] for k in KEPT])
def test_a_node_is_kept(node: Expr) -> None:
    assert fold(node) == node


# ---------------------------------------------------------------- forwarding

t, u = Sym("t", F64), Sym("u", F64)
ZERO, ONE = int_(0), int_(1)
ONE_F = Const(1.0, FLOAT)


def store(i: Expr, value: Expr) -> Store:
    return Store(x, (Pt(i),), value, NOWHERE)


def let(sym: Sym, value: Expr) -> Assign:
    return Assign(sym, value, NOWHERE)


def test_a_value_is_not_carried_over_a_store_to_its_memory() -> None:
    before = program(
        let(t, at(ZERO)), store(ZERO, at(ONE)), store(ONE, Var(t)), Return((), NOWHERE)
    )
    assert normal(before) == before


def test_a_value_is_carried_over_a_store_elsewhere() -> None:
    y = Sym("y", Array("float64", 1))
    made = Func("f", (x, y), (), (
        let(t, at(ZERO)), Store(y, (Pt(ONE),), Const(1.0, FLOAT), NOWHERE),
        store(ONE, Var(t)), Return((), NOWHERE)), NOWHERE)  # fmt: skip
    assert lines(normal(Program(made, Nothing()))) == ["y[1] = 1.0", "x[1] = x[0]", "return"]


def test_a_value_is_not_carried_over_a_store_through_a_view() -> None:
    v = Sym("v", Array("float64", 1))
    before = program(
        let(v, Load(Var(x), (Slc(),), Array("float64", 1))),
        let(t, at(ZERO)),
        Store(v, (Pt(ZERO),), Const(5.0, FLOAT), NOWHERE),
        store(ONE, Var(t)),
        Return((), NOWHERE),
    )
    assert let(t, at(ZERO)) in normal(before).main.body


def test_a_value_is_not_carried_over_a_binding_of_its_variables() -> None:
    k = Sym("k", INT)
    before = program(
        let(k, plus(Var(n), ONE)),
        let(u, at(Var(k))),
        let(k, ZERO),
        store(Var(k), Var(u)),
        Return((), NOWHERE),
    )
    assert "u = x[k]" in lines(normal(before))


def test_a_load_that_may_fail_is_not_made_lazy() -> None:
    cond = Logic("and", Var(c), Compare("gt", Var(t), Const(0.0, FLOAT), B1), BOOL)
    before = program(
        let(t, at(Var(n))), If(cond, (store(ZERO, ONE_F),), (), NOWHERE), Return((), NOWHERE)
    )
    assert let(t, at(Var(n))) in normal(before).main.body


def test_a_value_is_not_moved_into_a_loop() -> None:
    i = Sym("i", INT)
    loop = For(i, ZERO, Var(n), ONE, (store(Var(i), Var(t)),), (), NOWHERE)
    before = program(let(t, at(ZERO)), loop, Return((), NOWHERE))
    assert normal(before) == before


def test_a_variable_that_two_paths_bind_is_not_replaced() -> None:
    k = Sym("k", INT)
    branch = If(Var(c), (let(k, ONE),), (let(k, ZERO),), NOWHERE)
    before = program(branch, Return((Var(k),), NOWHERE), results=(INT,))
    assert normal(before) == before


def test_a_copy_made_in_a_loop_is_not_the_latest_value() -> None:
    source = HEADER + (
        "def f(n: int) -> int:\n"
        "    a = 0\n    b = 0\n"
        "    for i in range(n):\n        b = a\n        a = i\n"
        "    return b\n"
    )
    before = lower_function(source)
    assert "b = a" in lines(normal(before))


# ------------------------------------------------------------------- removal


def test_an_unused_value_is_removed() -> None:
    before = program(let(Sym("k", INT), plus(Var(n), ONE)), Return((), NOWHERE))
    assert lines(normal(before)) == ["return"]


def test_what_follows_a_branch_that_certainly_leaves_is_removed() -> None:
    source = HEADER + (
        "def f(x: float) -> float:\n"
        "    k = 0\n"
        "    if k > 0:\n        n = 1\n"
        "    elif k < 0:\n        n = 2\n"
        "    else:\n        raise ValueError\n"
        "    return n * x\n"
    )
    after = normal(lower_function(source))
    check(after)
    assert not any("return" in line for line in lines(after))


def test_an_unused_load_stays_as_it_may_fail() -> None:
    before = program(let(t, at(Var(n))), Return((), NOWHERE))
    assert normal(before) == before


def test_a_loop_without_a_step_stays_as_it_fails() -> None:
    before = program(For(Sym("i", INT), ZERO, Var(n), ZERO, (), (), NOWHERE), Return((), NOWHERE))
    assert normal(before) == before


def test_a_check_that_holds_is_removed() -> None:
    before = program(Check(Compare("lt", ZERO, ONE, BOOL), "", NOWHERE), Return((), NOWHERE))
    assert lines(normal(before)) == ["return"]


def test_a_check_that_does_not_hold_stays() -> None:
    before = program(Check(Compare("lt", ONE, ZERO, BOOL), "", NOWHERE), Return((), NOWHERE))
    assert any(isinstance(s, Check) for s in normal(before).main.body)


def test_nothing_to_do_gives_the_same_object() -> None:
    func = program(Return((), NOWHERE)).main
    assert normalise(func) is func


# ----------------------------------------------------------------- behaviour

SOURCES = {
    "elements are exchanged": """
def f(x: F1) -> None:
    for i in range(len(x) - 1):
        t = x[i]
        x[i] = x[i + 1]
        x[i + 1] = t
""",
    "a row is a view": """
def f(x: F2) -> float:
    row = x[0]
    first = row[0]
    x[0, 0] = 7.0
    return first + row[0]
""",
    "a list grows by another name": """
def f(n: int) -> int:
    a = [0] * n
    b = a
    b.append(1)
    return len(a)
""",
    "a loop variable keeps its last value": """
def f(n: int) -> int:
    last = -1
    for i in range(n):
        last = i
    return last + 0
""",
    "a choice guards a load": """
def f(x: F1, i: int) -> float:
    v = 0.0
    if 0 <= i < len(x) and x[i] > 0.0:
        v = float(x[i])
    return v
""",
    "a transposed view sees later stores": """
def f(x: F2) -> float:
    y = x.T
    x[0, 0] = 3.0
    return float(y[0, 0])
""",
    "a slice of an array is no copy, its sum is": """
def f(x: F1) -> float:
    s = x[1:] + 0.0
    x[1] = 9.0
    return float(s[0])
""",
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_results_stay_the_same(source: str, agree: Agree) -> None:
    before = lower_function(HEADER + source)
    assert agree(before, normal(before), 0.0) > 0
