"""Printed programs run under CPython and do what the interpreter does."""

from __future__ import annotations

import copy
import math
import operator
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import NOWHERE
from loopwright.ir.check import check
from loopwright.ir.interp import KernelFailed, run
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Binary,
    BinaryOp,
    Break,
    Call,
    Cast,
    Check,
    Compare,
    CompareOp,
    Const,
    Continue,
    Contract,
    Dim,
    Draw,
    Expr,
    Fail,
    Fancy,
    For,
    Func,
    If,
    Invoke,
    Item,
    Load,
    Logic,
    NewAxis,
    Nothing,
    Program,
    Pt,
    Reduce,
    Reshape,
    Return,
    Scan,
    Select,
    Slc,
    Stmt,
    Store,
    Sym,
    Transpose,
    Tup,
    Unary,
    Var,
    While,
)
from loopwright.ir.show import HEADER, show
from loopwright.ir.types import (
    B1,
    BOOL,
    C128,
    COMPLEX,
    F32,
    F64,
    FLOAT,
    I64,
    INT,
    Array,
    ListOf,
    Num,
    Py,
    Rng,
    TupleOf,
    Type,
)

AT = NOWHERE
VEC, MAT, CUBE = Array("float64", 1), Array("float64", 2), Array("float64", 3)
STRIDED = Array("float64", 1, "A")
IVEC, BVEC, AMAT = Array("int64", 1), Array("bool", 1), Array("float64", 2, "A")


def n(value: int) -> Const:
    return Const(value, INT)


def x(value: float) -> Const:
    return Const(value, F64)


def program(params: tuple[Sym, ...], body: tuple[Stmt, ...], *results: Type) -> Program:
    return Program(Func("f", params, results, body, AT), Nothing())


def expression(expr: Expr, *params: Sym) -> Program:
    return program(params, (Return((expr,), AT),), expr.type)


def printed(p: Program) -> Callable[..., Any]:
    names: dict[str, Any] = {}
    exec(HEADER + show(p), names)
    function: Callable[..., Any] = names[p.main.name]
    return function


def outcome(function: Callable[..., Any], args: tuple[Any, ...]) -> str:
    """Everything that can be told apart: results with their types, arguments afterwards."""
    args = copy.deepcopy(args)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            results = function(*args)
        except AssertionError:
            raise
        except Exception:
            return "failed"
    results = results if isinstance(results, tuple) else () if results is None else (results,)
    arguments = [repr(a) for a in args if not isinstance(a, np.random.Generator)]
    return f"{[(type(r).__name__, repr(r)) for r in results]} {arguments}"


def agree(p: Program, *args: Any) -> str:
    check(p)
    told = outcome(lambda *a: run(p, a), args)
    assert outcome(printed(p), args) == told
    return told


# ------------------------------------------------------ operators on numbers

OPERATORS: dict[BinaryOp, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "lshift": operator.lshift,
    "rshift": operator.rshift,
}
COMPARISONS: dict[CompareOp, Callable[[Any, Any], Any]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}
INTS = (0, 1, -1, 7, -7, 3, 2**31, -(2**63), 2**70)
FLOATS = (0.0, -0.0, 1.0, -7.5, 2.5, 1e308, math.inf, -math.inf, math.nan, 5e-324)
GROUPS: dict[str, tuple[Any, ...]] = {
    "int": INTS[:-2],
    "big int": INTS[-2:],
    "float": FLOATS,
    "bool": (False, True),
    "np.int64": tuple(np.int64(i) for i in INTS[:-1]),
    "np.uint8": tuple(np.uint8(i) for i in (0, 1, 7, 200, 255)),
    "np.float64": tuple(map(np.float64, FLOATS)),
    "np.float32": tuple(np.float32(f) for f in (0.0, -0.0, 1.5, math.inf, math.nan, 3e38)),
    "np.bool": (np.False_, np.True_),
}
PAIRS = (
    ("int", "int"),
    ("int", "float"),
    ("float", "int"),
    ("float", "float"),
    ("bool", "int"),
    ("bool", "bool"),
    ("np.int64", "np.int64"),
    ("np.int64", "int"),
    ("float", "np.int64"),
    ("np.uint8", "np.uint8"),
    ("np.uint8", "int"),
    ("np.float64", "np.float64"),
    ("np.float64", "int"),
    ("float", "np.float64"),
    ("np.float32", "float"),
    ("np.float32", "np.float64"),
    ("np.bool", "np.bool"),
)


def type_of(value: Any) -> Type:
    if isinstance(value, np.generic):
        return Num(value.dtype.name)  # type: ignore[arg-type]
    return Py(type(value).__name__)  # type: ignore[arg-type]


def attempt(function: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return function(a, b)
        except (ArithmeticError, ValueError, TypeError):
            return None


@pytest.mark.parametrize(("left", "right"), PAIRS, ids=[f"{a} and {b}" for a, b in PAIRS])
@pytest.mark.parametrize("op", [*OPERATORS, *COMPARISONS])
def test_an_operator_gives_what_python_gives(op: Any, left: str, right: str) -> None:
    function = OPERATORS.get(op) or COMPARISONS[op]
    node: Any = Binary if op in OPERATORS else Compare
    pairs = [(a, b) for a in GROUPS[left] for b in GROUPS[right]]
    if op in ("pow", "lshift"):
        pairs = [(a, b) for a, b in pairs if type(b) is not int or b < 100]
    values = [(a, b, attempt(function, a, b)) for a, b in pairs]
    types = {type_of(value) for _, _, value in values if value is not None}
    for result in types:
        pa, pb = Sym("a", type_of(pairs[0][0])), Sym("b", type_of(pairs[0][1]))
        p = expression(node(op, Var(pa), Var(pb), result), pa, pb)
        check(p)
        shown = printed(p)
        for a, b, value in values:
            if value is not None and type_of(value) == result:
                told = outcome(lambda *args, p=p: run(p, args), (a, b))
                assert told == outcome(function, (a, b)) == outcome(shown, (a, b))
            else:
                with pytest.raises(KernelFailed):
                    run(p, (a, b))


def test_big_integers_stay_exact() -> None:
    a, b = Sym("a", INT), Sym("b", INT)
    p = expression(Binary("mul", Var(a), Var(b), INT), a, b)
    assert run(p, (2**70, 3)) == (3 * 2**70,)


# --------------------------------------------------------------- expressions

v, w, m, t = Sym("v", VEC), Sym("w", VEC), Sym("m", MAT), Sym("t", CUBE)
k, idx, mask = Sym("k", INT), Sym("idx", IVEC), Sym("mask", BVEC)
ls, ll = Sym("ls", ListOf(FLOAT)), Sym("ll", ListOf(INT, 2))
a_, b_, z = Sym("a", FLOAT), Sym("b", FLOAT), Sym("z", Array("complex128", 1))
f4 = Sym("f4", Array("float32", 1))

V = np.array([3.0, -1.5, math.nan, 0.25])
W = np.array([-0.0, 2.0, 1e300, 4.0])
M = np.arange(12.0).reshape(3, 4) - 5.5
T = np.arange(24.0).reshape(2, 3, 4)
F4 = np.array([1.5, 2.25, 1e30], dtype=np.float32)

EXPRESSIONS: list[tuple[str, Expr, dict[Sym, Any]]] = [
    ("a sum", Reduce("sum", Var(m), None, False, F64), {m: M}),
    ("a sum along an axis", Reduce("sum", Var(m), (0,), False, VEC), {m: M}),
    ("a kept axis", Reduce("max", Var(m), (1,), True, MAT), {m: M}),
    ("two axes", Reduce("prod", Var(t), (0, 2), False, VEC), {t: T}),
    ("a sum in another dtype", Reduce("sum", Var(f4), None, False, F64), {f4: F4}),
    ("a float32 sum", Reduce("sum", Var(f4), None, False, F32), {f4: F4}),
    ("argmax of nothing fails", Reduce("argmax", Var(v), None, False, I64), {v: V[:0]}),
    ("argmin with NaN", Reduce("argmin", Var(v), None, False, I64), {v: V}),
    ("any", Reduce("any", Var(mask), None, False, B1), {mask: V > 1}),
    ("a sum of a list", Reduce("sum", Var(ls), None, False, FLOAT), {ls: [0.1] * 10}),
    ("a sum of an empty list is an int", Reduce("sum", Var(ls), None, False, INT), {ls: []}),
    ("the least of a list", Reduce("min", Var(ls), None, False, FLOAT), {ls: [2.0, 1.0]}),
    ("the least of an empty list", Reduce("min", Var(ls), None, False, FLOAT), {ls: []}),
    ("a running sum", Scan("sum", Var(m), 1, MAT), {m: M}),
    ("a flat running product", Scan("prod", Var(m), None, VEC), {m: M}),
    ("matmul", Contract("ij,kj->ik", (Var(m), Var(m)), MAT), {m: M}),
    ("dot", Contract("i,i->", (Var(v), Var(w)), F64), {v: W, w: W}),
    ("matrix by vector", Contract("qr,r->q", (Var(m), Var(v)), VEC), {m: M, v: W}),
    ("matmul of unequal shapes", Contract("ij,jk->ik", (Var(m), Var(m)), MAT), {m: M}),
    ("trace", Contract("ii->", (Var(m),), F64), {m: M[:, :3]}),
    ("a point", Load(Var(m), (Pt(n(-1)), Pt(n(2))), F64), {m: M}),
    ("a point outside", Load(Var(m), (Pt(n(3)), Pt(n(2))), F64), {m: M}),
    ("a row", Load(Var(m), (Pt(n(1)), Slc()), VEC), {m: M}),
    ("a column", Load(Var(m), (Slc(), Pt(n(1))), STRIDED), {m: M}),
    ("a step", Load(Var(m), (Slc(None, None, n(-1)), Slc(n(1), n(9))), AMAT), {m: M}),
    ("a new axis", Load(Var(v), (Slc(), NewAxis()), MAT), {v: V}),
    ("a mask", Load(Var(v), (Fancy(Var(mask)),), VEC), {v: V, mask: V > 0}),
    ("an index array", Load(Var(m), (Fancy(Var(idx)), Slc()), MAT), {m: M, idx: np.array([2, 0])}),
    ("a list element", Load(Var(ls), (Pt(n(-1)),), FLOAT), {ls: [1.0, 2.0]}),
    ("a list row", Load(Var(ll), (Pt(n(1)), Slc()), ListOf(INT)), {ll: [[1, 2], [3, 4]]}),
    ("a list of lists", Load(Var(ll), (Pt(n(1)), Pt(n(0))), INT), {ll: [[1, 2], [3, 4]]}),
    ("a slice of a list", Load(Var(ls), (Slc(n(1)),), ListOf(FLOAT)), {ls: [1.0, 2.0]}),
    ("transposed", Transpose(Var(m), (1, 0), Array("float64", 2, "F")), {m: M}),
    ("axes permuted", Transpose(Var(t), (2, 0, 1), Array("float64", 3, "A")), {t: T}),
    ("reshaped", Reshape(Var(m), (n(-1), n(2)), MAT), {m: M}),
    ("reshaped wrongly", Reshape(Var(m), (n(5), n(2)), MAT), {m: M}),
    ("zeros", Alloc((n(2), Var(k)), x(0.0), MAT), {k: 3}),
    ("minus zeros", Alloc((Var(k),), x(-0.0), VEC), {k: 3}),
    ("ones", Alloc((Var(k),), Const(1, I64), IVEC), {k: 3}),
    ("a negative length", Alloc((Var(k),), x(0.0), VEC), {k: -1}),
    ("a list", Alloc((Var(k),), Const(-0.0, FLOAT), ListOf(FLOAT)), {k: 3}),
    ("an empty list", Alloc((n(0),), None, ListOf(FLOAT)), {}),
    ("a list of lists made", Alloc((n(2), Var(k)), n(0), ListOf(INT, 2)), {k: 2}),
    ("shape", Binary("add", Dim(Var(m), 0, INT), Dim(Var(ls), 0, INT), INT), {m: M, ls: [1.0]}),
    ("float of int", Cast(Var(k), FLOAT), {k: 2**60 + 1}),
    ("int of a float", Cast(Var(a_), INT), {a_: -2.9}),
    ("int of a NaN", Cast(Var(a_), INT), {a_: math.nan}),
    ("int too large for a float", Cast(Var(k), FLOAT), {k: 10**400}),
    ("np.int8 of a large int fails", Cast(Var(k), Num("int8")), {k: 300}),
    ("float32 of a float", Cast(Var(a_), F32), {a_: 0.1}),
    ("astype", Cast(Var(m), Array("int64", 2)), {m: M}),
    ("list to array", Cast(Var(ll), Array("float64", 2)), {ll: [[1, 2], [3, 4]]}),
    ("array to list", Cast(Var(m), ListOf(FLOAT, 2)), {m: M}),
    ("list copied", Cast(Var(ls), ListOf(FLOAT)), {ls: [1.0]}),
    ("list converted", Cast(Var(ll), ListOf(FLOAT, 2)), {ll: [[1, 2]]}),
    ("not a number", Unary("not", Var(a_), BOOL), {a_: -0.0}),
    ("not an array", Unary("not", Var(mask), BVEC), {mask: V > 0}),
    ("minus a bool", Unary("neg", Compare("gt", Var(a_), Var(b_), BOOL), INT), {a_: 2.0, b_: 1.0}),
    ("np.negative of a float", Unary("neg", Var(a_), F64), {a_: 0.0}),
    ("np.add of Python floats", Binary("add", Var(a_), Var(b_), F64), {a_: 1.0, b_: math.inf}),
    ("np.true_divide by zero", Binary("truediv", Var(a_), Var(b_), F64), {a_: 1.0, b_: -0.0}),
    ("NumPy's minimum", Binary("minimum", Var(v), x(1.0), VEC), {v: V}),
    ("broadcast", Binary("mul", Var(m), Var(v), MAT), {m: M, v: W}),
    ("shapes that do not fit", Binary("mul", Var(v), Var(w), VEC), {v: V, w: W[:3]}),
    ("an array to the second", Binary("pow", Var(f4), Const(2, INT), f4.type), {f4: F4}),
    ("a float32 constant", Binary("mul", Var(f4), Const(0.1, F32), f4.type), {f4: F4}),
    ("a float64 constant", Binary("mul", Var(f4), x(0.1), VEC), {f4: F4}),
    ("two constants", Binary("truediv", x(1.0), x(0.0), F64), {}),
    ("a complex number", Call("complex", (Var(a_), Var(b_)), COMPLEX), {a_: -0.0, b_: 1.0}),
    ("complex constants", Binary("mul", Var(z), Const(1j, C128), z.type), {z: np.array([1 - 2j])}),
    ("a tuple", Item(Tup((Var(a_), n(2)), TupleOf((FLOAT, INT))), 1, INT), {a_: 1.0}),
    ("Python's min keeps NaN", Call("min2", (Var(a_), Var(b_)), FLOAT), {a_: math.nan, b_: 1.0}),
    ("Python's max drops NaN", Call("max2", (Var(a_), Var(b_)), FLOAT), {a_: 1.0, b_: math.nan}),
    ("min of two zeros", Call("min2", (Var(a_), Var(b_)), FLOAT), {a_: 0.0, b_: -0.0}),
    ("half to even", Call("round", (Var(a_),), INT), {a_: 2.5}),
    ("two digits", Call("round", (Var(a_), n(2)), FLOAT), {a_: 2.675}),
    ("a domain error", Call("math.sqrt", (Var(a_),), FLOAT), {a_: -1.0}),
    ("a range error", Call("math.exp", (Var(a_),), FLOAT), {a_: 1000.0}),
    ("np.exp overflows", Call("np.exp", (Var(v),), VEC), {v: W}),
    ("a choice", Call("np.where", (Var(mask), Var(v), x(0.0)), VEC), {mask: V > 0, v: V}),
    ("a choice of numbers", Call("np.where", (Var(a_), x(1.0), Var(b_)), F64), {a_: 0.0, b_: 3.0}),
    ("clip", Call("np.clip", (Var(v), x(0.0), x(1.0)), VEC), {v: V}),
    ("arange", Call("np.arange", (n(2), Var(k), n(3)), IVEC), {k: 9}),
    ("linspace", Call("np.linspace", (n(0), n(1), Var(k), Const(False, BOOL)), VEC), {k: 5}),
    ("eye", Call("np.eye", (n(2), Var(k), n(1)), MAT), {k: 3}),
    ("differences", Call("np.diff", (Var(m),), MAT), {m: M}),
    ("concatenated", Call("np.concatenate", (n(0), Var(m), Var(m)), MAT), {m: M}),
    ("sorted", Call("np.sort", (Var(m), n(0)), MAT), {m: -M}),
    ("argsort", Call("np.argsort", (Var(v), n(0), Const(True, BOOL)), IVEC), {v: V}),
    ("searched", Call("np.searchsorted", (Var(v), x(2.0), Const(True, BOOL)), I64), {v: M[0]}),
    ("counted", Call("np.bincount", (Var(idx), n(5)), IVEC), {idx: np.array([1, 1, 3])}),
    ("weighed", Call("np.bincount_weights", (Var(idx), Var(v), n(0)), VEC),
     {idx: np.array([1, 1, 3, 0]), v: V}),
    ("unique", Call("np.unique", (Var(idx),), IVEC), {idx: np.array([3, 1, 3])}),
    ("rolled", Call("np.roll", (Var(v), n(1), n(0)), VEC), {v: V}),
    ("real part", Call("np.real", (Var(z),), VEC), {z: np.array([1 - 2j])}),
    ("solved", Call("np.linalg.solve", (Var(m), Var(v)), VEC), {m: np.eye(3), v: V[:3]}),
    ("a logarithm", Call("np.linalg.slogdet", (Var(m),), VEC), {m: np.eye(3)}),
    ("eigenvalues above vectors", Call("np.linalg.eigh", (Var(m),), MAT), {m: np.eye(3)}),
    ("a singular matrix", Call("np.linalg.inv", (Var(m),), MAT), {m: np.zeros((2, 2))}),
    ("a lazy side", Select(Compare("eq", Var(k), n(0), BOOL), Const(0.0, FLOAT),
                           Binary("truediv", Var(a_), Cast(Var(k), FLOAT), FLOAT), FLOAT),
     {k: 0, a_: 1.0}),
    ("a short circuit", Logic("and", Compare("ne", Var(k), n(0), BOOL),
                              Compare("gt", Binary("mod", n(7), Var(k), INT), n(0), BOOL), BOOL),
     {k: 0}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("expr", "env"), [row[1:] for row in EXPRESSIONS], ids=[row[0] for row in EXPRESSIONS]
)
def test_an_expression_prints_and_evaluates_alike(expr: Expr, env: dict[Sym, Any]) -> None:
    agree(expression(expr, *env), *env.values())


# ---------------------------------------------------------------- statements

i, j, s, r = Sym("i", INT), Sym("i", INT), Sym("sum", F64), Sym("r", ListOf(FLOAT))
rng, flag = Sym("rng", Rng()), Sym("flag", BOOL)


def loop(sym: Sym, hi: Expr, *body: Stmt, orelse: tuple[Stmt, ...] = ()) -> For:
    return For(sym, n(0), hi, n(1), body, orelse, AT)


def increment(sym: Sym, by: Expr) -> Assign:
    return Assign(sym, Binary("add", Var(sym), by, sym.type), AT)


element = Load(Var(m), (Pt(Var(i)), Pt(Var(j))), F64)
STATEMENTS: list[tuple[str, Program, tuple[Any, ...]]] = [
    (
        "two variables of one name, and one called as a builtin",
        program(
            (m,),
            (
                Assign(s, x(0.0), AT),
                loop(i, Dim(Var(m), 0, INT), loop(j, Dim(Var(m), 1, INT), increment(s, element))),
                Return((Var(s), Var(i), Var(j)), AT),
            ),
            F64,
            INT,
            INT,
        ),
        (M,),
    ),
    (
        "break, continue and else",
        program(
            (k,),
            (
                Assign(s, x(0.0), AT),
                loop(
                    i,
                    n(10),
                    If(Compare("eq", Var(i), Var(k), BOOL), (Break(AT),), (), AT),
                    If(Compare("lt", Var(i), n(2), BOOL), (Continue(AT),), (), AT),
                    increment(s, x(1.0)),
                    orelse=(increment(s, x(100.0)),),
                ),
                Return((Var(s),), AT),
            ),
            F64,
        ),
        (5,),
    ),
    (
        "while with else",
        program(
            (a_,),
            (
                Assign(s, Cast(Var(a_), F64), AT),
                While(
                    Compare("gt", Var(s), x(1.0), B1),
                    (Assign(s, Binary("truediv", Var(s), x(2.0), F64), AT),),
                    (increment(s, x(10.0)),),
                    AT,
                ),
                Return((Var(s),), AT),
            ),
            F64,
        ),
        (100.0,),
    ),
    (
        "elif and early return",
        program(
            (k,),
            (
                If(
                    Compare("lt", Var(k), n(0), BOOL),
                    (Return((n(-1),), AT),),
                    (If(Compare("eq", Var(k), n(0), BOOL), (), (Return((n(1),), AT),), AT),),
                    AT,
                ),
                Return((n(0),), AT),
            ),
            INT,
        ),
        (0,),
    ),
    (
        "stores into arrays",
        program(
            (m, v),
            (
                Store(m, (Pt(n(-1)), Pt(n(0))), n(7), AT),
                Store(m, (Slc(), Pt(n(1))), x(-0.0), AT),
                Store(m, (Pt(n(0)), Slc()), Var(v), AT),
                Store(m, (Slc(n(1)), Slc(None, None, n(2))), Const(5.0, FLOAT), AT),
                Return((), AT),
            ),
        ),
        (M, V),
    ),
    (
        "a store outside gives up",
        program((v,), (Store(v, (Pt(n(4)),), x(0.0), AT), Return((), AT))),
        (V,),
    ),
    (
        "a masked store",
        program(
            (v, mask), (Store(v, (Fancy(Var(mask)),), x(0.0), AT), Return((), AT))
        ),
        (V, V > 0),
    ),
    (
        "lists: append, store, row store",
        program(
            (ll, a_),
            (
                Assign(r, Alloc((n(0),), None, r.type), AT),
                Append(r, Var(a_), AT),
                Append(r, Const(2.0, FLOAT), AT),
                Store(r, (Pt(n(-1)),), Const(3.0, FLOAT), AT),
                Store(ll, (Pt(n(0)), Pt(n(1))), n(9), AT),
                Store(
                    ll, (Pt(n(1)), Slc()), Load(Var(ll), (Pt(n(0)), Slc()), ListOf(INT)), AT
                ),
                Return((Var(r),), AT),
            ),
            r.type,
        ),
        ([[1, 2], [3, 4]], 1.0),
    ),
    (
        "a check that holds",
        program(
            (k,),
            (Check(Compare("lt", Var(k), n(3), BOOL), 'less than "3"', AT), Return((), AT)),
        ),
        (2,),
    ),
    (
        "a check that does not hold",
        program((k,), (Check(Compare("lt", Var(k), n(3), BOOL), "", AT), Return((), AT))),
        (3,),
    ),
    ("giving up", program((), (Fail("it raises", AT),)), ()),
    (
        "draws in stream order",
        program(
            (rng,),
            (
                Assign(a_, Const(0.0, FLOAT), AT),
                Draw(b_, rng, "random", (), AT),
                Draw(a_, rng, "normal", (Const(1.0, FLOAT), Var(b_)), AT),
                Draw(Sym("c", I64), rng, "integers", (n(3), n(9)), AT),
                Return((Var(a_), Var(b_)), AT),
            ),
            FLOAT,
            FLOAT,
        ),
        (np.random.default_rng(3),),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("p", "args"), [row[1:] for row in STATEMENTS], ids=[row[0] for row in STATEMENTS]
)
def test_a_statement_prints_and_runs_alike(p: Program, args: tuple[Any, ...]) -> None:
    agree(p, *args)


def test_helpers_share_arrays_and_return_several_results() -> None:
    p1, p2 = Sym("x", VEC), Sym("k", INT)
    swap = Func(
        "swap",
        (p1, p2),
        (INT, F64),
        (
            Store(p1, (Pt(Var(p2)),), x(42.0), AT),
            Return((Binary("add", Var(p2), n(1), INT), Load(Var(p1), (Pt(n(0)),), F64)), AT),
        ),
        AT,
    )
    first, second = Sym("swap", INT), Sym("y", F64)
    body: tuple[Stmt, ...] = (
        Invoke((first, second), "swap", (Var(v), n(1)), AT),
        Return((Var(first), Var(second)), AT),
    )
    p = Program(Func("f", (v,), (INT, F64), body, AT), Nothing(), (swap,))
    assert "42." in agree(p, V)


def test_a_failing_helper_fails_the_kernel() -> None:
    helper = Func("g", (), (), (Fail("no", AT),), AT)
    body: tuple[Stmt, ...] = (Invoke((), "g", (), AT), Return((), AT))
    p = Program(Func("f", (), (), body, AT), Nothing(), (helper,))
    assert agree(p) == "failed"
