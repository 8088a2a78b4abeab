"""What the interpreter does beyond Python: machine semantics, parallel loops, rebuilt objects."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import NOWHERE, Span
from loopwright.ir.accumulate import wrapping
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, rebuild, run
from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Call,
    Cast,
    Const,
    Dim,
    Expr,
    For,
    Func,
    Load,
    Nothing,
    OneOf,
    Pack,
    Program,
    Pt,
    Rebuild,
    Return,
    Rows,
    Same,
    Stmt,
    Store,
    Sym,
    Value,
    Var,
)
from loopwright.ir.types import B1, F32, F64, FLOAT, I64, INT, NONE, Array, ListOf, Num, Type

AT = NOWHERE
VEC = Array("float64", 1)
a, b, v, i = Sym("a", I64), Sym("b", I64), Sym("v", VEC), Sym("i", I64)
p, q, d = Sym("p", F64), Sym("q", F64), Sym("d", INT)
LEAST = -(2**63)


def c(value: int) -> Const:
    return Const(value, I64)


def low(params: tuple[Sym, ...], body: tuple[Stmt, ...], *results: Type) -> Program:
    program = Program(Func("f", params, results, body, AT, "low"), Nothing())
    check(program)
    return program


def machine(expr: Expr, env: dict[Sym, Any]) -> Any:
    program = low(tuple(env), (Return((expr,), AT),), expr.type)
    return run(program, tuple(env.values()))[0]


def same(x: Any, y: Any) -> bool:
    return (type(x), repr(x)) == (type(y), repr(y))


@pytest.mark.parametrize(
    ("expr", "env", "value"),
    [
        (wrapping("add", Var(a), c(1)), {a: 2**63 - 1}, np.int64(LEAST)),
        (wrapping("sub", c(-2), Var(a)), {a: 2**63 - 1}, np.int64(2**63 - 1)),
        (wrapping("mul", Var(a), Var(a)), {a: 2**33}, np.int64(0)),
        (Binary("floordiv", Var(a), c(2), I64), {a: -7}, np.int64(-4)),
        (Binary("mod", Var(a), c(-4), I64), {a: 7}, np.int64(-1)),
        (Binary("truediv", Var(p), Var(q), F64), {p: 1.0, q: 0.0}, np.float64(math.inf)),
        (Binary("mod", Var(p), Var(q), F64), {p: -1.0, q: math.inf}, np.float64(math.inf)),
        (Binary("mod", Var(p), Var(q), F64), {p: 1.0, q: 0.0}, np.float64(math.nan)),
        (Binary("floordiv", Var(p), Var(q), F64), {p: -0.0, q: 2.0}, np.float64(-0.0)),
        (Call("math.exp", (Var(p),), F64), {p: 1000.0}, np.float64(math.inf)),
        (Call("math.log", (Var(p),), F64), {p: 0.0}, np.float64(-math.inf)),
        (Call("math.sqrt", (Var(p),), F64), {p: -1.0}, np.float64(math.nan)),
        (Call("math.pow", (Var(p), Var(q)), F64), {p: -2.0, q: 0.5}, np.float64(math.nan)),
        (Call("min2", (Var(p), Var(q)), F64), {p: 1.0, q: math.nan}, np.float64(1.0)),
        (Call("lw.mul_ok", (Var(a), Var(b)), B1), {a: 2**32, b: 2**31}, np.False_),
        (Call("lw.trunc_int", (Var(p),), I64), {p: -2.5}, np.int64(-2)),
        (Cast(Var(a), Num("int8")), {a: 300}, np.int8(44)),
        (Cast(Var(p), I64), {p: -2.9}, np.int64(-2)),
        (Cast(Var(p), F32), {p: 0.1}, np.float32(0.1)),
        (Dim(Var(v), 0, I64), {v: np.zeros(3)}, np.int64(3)),
    ],
    ids=[
        "addition wraps",
        "subtraction wraps",
        "multiplication wraps",
        "floor division floors",
        "modulo has the divisor's sign",
        "division by zero is infinite",
        "modulo infinity",
        "modulo zero",
        "the sign of a zero quotient",
        "exp overflows to infinity",
        "log of zero",
        "a root of a negative number",
        "a power out of the domain",
        "min ignores a second NaN",
        "a product beyond int64",
        "truncation",
        "a narrowing cast wraps",
        "a cast truncates",
        "a cast rounds",
        "a length",
    ],
)
def test_low_ir_is_the_machine(expr: Expr, env: dict[Sym, Any], value: Any) -> None:
    assert same(machine(expr, env), value)


@pytest.mark.parametrize(
    ("expr", "env"),
    [
        (Load(Var(v), (Pt(Var(a)),), F64), {v: np.zeros(3), a: 3}),
        (Load(Var(v), (Pt(Var(a)),), F64), {v: np.zeros(3), a: -1}),
        (Binary("floordiv", Var(a), Var(b), I64), {a: 1, b: 0}),
        (Binary("mod", Var(a), Var(b), I64), {a: LEAST, b: -1}),
        (Binary("lshift", Var(a), Var(b), I64), {a: 1, b: 64}),
        (Binary("pow", Var(a), Var(b), I64), {a: 1, b: -1}),
        (Binary("add", Var(a), c(1), I64), {a: 2**63 - 1}),
        (Binary("mul", Var(a), Var(a), I64), {a: 2**33}),
        (Cast(Var(p), I64), {p: math.nan}),
        (Cast(Var(p), Num("uint8")), {p: 256.0}),
    ],
    ids=[
        "beyond the end",
        "before the start",
        "integer division by zero",
        "the overflowing division",
        "a shift by the width",
        "a negative exponent",
        "a sum beyond 64 bits",
        "a product beyond 64 bits",
        "an integer from NaN",
        "an integer that does not fit",
    ],
)
def test_what_the_machine_leaves_undefined_is_a_bug_of_the_ir(
    expr: Expr, env: dict[Sym, Any]
) -> None:
    with pytest.raises(AssertionError):
        machine(expr, env)


def parallel(*body: Stmt) -> For:
    return For(i, c(0), Dim(Var(v), 0, I64), c(1), body, (), AT, parallel=True)


def test_independent_iterations_may_run_in_any_order() -> None:
    twice = Binary("mul", Load(Var(v), (Pt(Var(i)),), F64), Const(2.0, F64), F64)
    body = (parallel(Store(v, (Pt(Var(i)),), twice, AT)), Return((Var(i),), AT))
    x = np.arange(20.0)
    assert run(low((v,), body, I64), (x,)) == (19,)
    assert x.tolist() == [2.0 * k for k in range(20)]


def test_a_wrong_claim_of_independence_shows() -> None:
    before = Load(Var(v), (Pt(Binary("floordiv", Var(i), c(2), I64)),), F64)
    step = Binary("add", before, Const(1.0, F64), F64)
    loop = parallel(Store(v, (Pt(Var(i)),), step, AT))
    x, y = np.zeros(20), np.zeros(20)
    run(low((v,), (loop, Return((), AT))), (x,))
    for k in range(20):
        y[k] = y[k // 2] + 1.0
    assert x.tolist() != y.tolist()


def test_a_list_for_an_array_of_low_ir_is_written_back() -> None:
    body = (Store(v, (Pt(c(1)),), Const(5.0, F64), AT), Return((), AT))
    x = [1.0, 2.0]
    run(low((v,), body), (x,))
    assert x == [1.0, 5.0] and type(x[1]) is float


def test_undefined_elements_are_noticed() -> None:
    made = machine(Alloc((c(2),), None, VEC), {})
    assert np.isnan(made).all()


def test_a_failure_tells_reason_and_place() -> None:
    at = Span(3, 4, 3, 9)
    quotient = Binary("truediv", Const(1.0, FLOAT), Const(0.0, FLOAT), FLOAT)
    body = (Assign(Sym("x", FLOAT), quotient, at), Return((), AT))
    with pytest.raises(KernelFailed) as caught:
        run(Program(Func("f", (), (), body, AT), Nothing()), ())
    assert caught.value.span == at
    assert caught.value.reason.startswith("ZeroDivisionError: ")


def test_an_argument_of_another_type_is_outside_of_the_domain() -> None:
    program = Program(Func("f", (d,), (), (Return((), AT),), AT), Nothing())
    with pytest.raises(AssertionError):
        run(program, (True,))


@pytest.mark.parametrize(
    ("tree", "results", "value"),
    [
        (Nothing(), (), None),
        (Value(0, INT), (np.int64(3),), 3),
        (Value(0, F32), (np.float64(0.1),), np.float32(0.1)),
        (Value(0, ListOf(FLOAT)), (np.array([1.0, 2.0]),), [1.0, 2.0]),
        (Value(0, ListOf(INT, 2)), (np.array([[1], [2]]),), [[1], [2]]),
        (OneOf(0, 1, (INT, F64)), (np.float64(2.0), np.int64(0)), 2),
        (OneOf(0, 1, (INT, F64)), (np.float64(2.0), np.int64(1)), np.float64(2.0)),
        (OneOf(0, 1, (INT, NONE)), (np.int64(0), np.int64(1)), None),
        (Pack((Value(0, INT), Same(1))), (1,), (1, "second")),
        (Rows(OneOf(0, 1, (INT, F64)), 1), (np.array([1.0, 2.0]), [0, 1]), [1, np.float64(2.0)]),
        (Rows(Pack((Value(1, INT), Value(0, INT))), 1), ([1, 2], [3, 4]), [(3, 1), (4, 2)]),
    ],
    ids=[
        "nothing",
        "a Python number",
        "a NumPy number",
        "a list",
        "a list of lists",
        "the first of two types",
        "the second of two types",
        "None on this path",
        "a tuple with an argument",
        "a list of two types",
        "a list of tuples",
    ],
)
def test_results_become_python_objects(tree: Rebuild, results: tuple[Any, ...], value: Any) -> None:
    program = Program(Func("f", (), (), (Return((), AT),), AT), tree)
    made = rebuild(program, results, ("first", "second"))
    assert same(made, value)
