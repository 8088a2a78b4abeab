"""What the legality check refuses, and in which words."""

from __future__ import annotations

import pytest

from loopwright.diagnostics import NOWHERE, Span
from loopwright.ir.check import IllegalIR, check
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Binary,
    Break,
    Call,
    Cast,
    Compare,
    Const,
    Continue,
    Contract,
    Dim,
    Expr,
    Fail,
    Fancy,
    For,
    Func,
    If,
    Invoke,
    Load,
    Logic,
    NewAxis,
    Nothing,
    OneOf,
    Pack,
    Program,
    Pt,
    Reduce,
    Refill,
    Reshape,
    Return,
    Rows,
    Same,
    Select,
    Slc,
    Stmt,
    Store,
    Sym,
    Transpose,
    Unary,
    Value,
    Var,
    While,
)
from loopwright.ir.types import B1, BOOL, F32, F64, FLOAT, I64, INT, STR, Array, ListOf, Num, Rng

AT = Span(7, 0, 7, 9)
VEC, MAT = Array("float64", 1), Array("float64", 2)
k, a, v, m = Sym("k", INT), Sym("a", FLOAT), Sym("v", VEC), Sym("m", MAT)
ls, ll, name, y = (
    Sym("ls", ListOf(FLOAT)),
    Sym("ll", ListOf(INT, 2)),
    Sym("name", STR),
    Sym("y", F64),
)
mask, rng, u = Sym("mask", Array("bool", 1)), Sym("rng", Rng()), Sym("u", INT)
lk, lv, ly = Sym("k", I64), Sym("v", VEC), Sym("y", F64)
HIGH, LOW = (k, a, v, m, ls, ll, name, mask, rng), (lk, lv)
DONE = Return((), AT)


def n(value: int) -> Const:
    return Const(value, INT)


def low(value: int) -> Const:
    return Const(value, I64)


def func(body: tuple[Stmt, ...], *results: object, level: object = "high") -> Func:
    params = HIGH if level == "high" else LOW
    return Func("f", params, results, body, AT, level)  # type: ignore[arg-type]


def bind(expr: Expr) -> tuple[Stmt, ...]:
    return (Assign(Sym("e", expr.type), expr, AT), DONE)


true, false = Const(True, BOOL), Const(False, BOOL)
point = (Pt(n(0)),)

ILL_TYPED: list[tuple[str, Expr, str]] = [
    ("an int constant of type float", Const(1, FLOAT), "constant 1 of type float"),
    ("a bool is no int constant", Const(True, INT), "constant True of type int"),
    ("a constant beyond its dtype", Const(300, Num("uint8")), "constant 300 of type np.uint8"),
    ("float plus float is no int", Binary("add", Var(a), Var(a), INT), "add of float, float"),
    ("int over int is no int", Binary("truediv", n(1), n(2), INT), "truediv of int, int"),
    ("Python has no minimum", Binary("minimum", Var(a), Var(a), FLOAT), "minimum of float"),
    ("bits of floats", Binary("xor", Var(a), n(1), INT), "xor of float, int"),
    ("arithmetic of a list", Binary("add", Var(ls), Var(ls), ls.type), "add of list[float]"),
    ("arithmetic of text", Binary("add", Var(name), Var(name), STR), "add of str"),
    ("NumPy widens", Binary("add", Var(v), Const(1.0, F32), Array("float32", 1)), "is no ndarray"),
    ("a Python float is weak", Binary("mul", Const(1.0, F32), Var(a), F64), "is no np.float64"),
    ("the rank of a broadcast", Binary("add", Var(v), Var(m), VEC), "is no ndarray"),
    ("minus of a bool array", Unary("neg", Var(mask), mask.type), "neg of ndarray"),
    ("a comparison of arrays is an array", Compare("lt", Var(v), Var(v), B1), "lt of ndarray"),
    ("truth of an array", Logic("and", Var(v), true, BOOL), "truth value of ndarray"),
    ("an array is no condition", Select(Var(v), n(1), n(2), INT), "truth value of ndarray"),
    ("sides of two types", Select(true, n(1), Var(a), FLOAT), "sides int and float"),
    ("a number cast to an array", Cast(n(1), VEC), "conversion of int"),
    ("a vector cast to a matrix", Cast(Var(v), MAT), "conversion of ndarray"),
    ("an unknown function", Call("os.system", (n(1),), INT), "unknown intrinsic os.system"),
    ("too many arguments", Call("math.sqrt", (Var(a), Var(a)), FLOAT), "2 arguments of math.sqrt"),
    ("math on an array", Call("math.sqrt", (Var(v),), FLOAT), "math.sqrt of numbers"),
    ("a ufunc's result", Call("np.isnan", (Var(v),), VEC), "np.isnan of ndarray"),
    ("a low-level call in high IR", Call("lw.add_ok", (n(1), n(1)), B1), "lw.add_ok in high IR"),
    ("the length of a number", Dim(Var(k), 0, INT), "length of int"),
    ("an axis too many", Dim(Var(v), 1, INT), "axis 1 of ndarray"),
    ("a column is not contiguous", Load(Var(m), (Slc(), Pt(n(0))), VEC), "declared as C"),
    ("nor is a step", Load(Var(v), (Slc(None, None, n(2)),), VEC), "declared as C"),
    ("nor a transpose", Transpose(Var(m), (1, 0), MAT), "a view of layout F declared as C"),
    ("an axis not covered", Load(Var(m), point, VEC), "index covers 1 axes"),
    ("a float position", Load(Var(v), (Pt(Var(a)),), F64), "position of type float"),
    ("a bool position", Load(Var(v), (Pt(true),), F64), "position of type bool"),
    ("a list element is a Python number", Load(Var(ls), point, F64), "indexed to np.float64"),
    ("an array element is a NumPy number", Load(Var(v), point, FLOAT), "indexed to float"),
    ("a mask into a list", Load(Var(ls), (Fancy(Var(mask)),), ls.type), "array index into a list"),
    ("axes that are no permutation", Transpose(Var(m), (0, 0), MAT), "axes (0, 0)"),
    ("reshape gives its rank", Reshape(Var(m), (n(-1),), MAT), "reshape of ndarray"),
    ("an axis beyond the rank", Reduce("sum", Var(v), (1,), False, F64), "axes (1,) of ndarray"),
    ("the type of a maximum", Reduce("max", Var(v), None, False, F32), "max of ndarray"),
    ("argmin over two axes", Reduce("argmin", Var(m), (0, 1), False, I64), "axes (0, 1) of argmin"),
    ("argmax of a list", Reduce("argmax", Var(ls), None, False, I64), "argmax of list"),
    ("a spec without output", Contract("i,i", (Var(v), Var(v)), F64), "operands for i,i"),
    ("operands of another rank", Contract("ij,jk->ik", (Var(v), Var(m)), MAT), "as ij"),
    ("lengths for axes", Alloc((n(1),), None, MAT), "1 lengths for ndarray"),
    ("a float length", Alloc((Var(a),), None, VEC), "shape of type float"),
    ("an int in a list of floats", Alloc((n(1),), n(0), ls.type), "type of the fill value"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("expr", "words"), [row[1:] for row in ILL_TYPED], ids=[row[0] for row in ILL_TYPED]
)
def test_an_ill_typed_expression_is_refused(expr: Expr, words: str) -> None:
    with pytest.raises(IllegalIR) as caught:
        check(Program(func(bind(expr)), Nothing()))
    assert str(caught.value).startswith("line 7: ")
    assert words in str(caught.value)


def loop(*body: Stmt, orelse: tuple[Stmt, ...] = (), parallel: bool = False) -> For:
    return For(Sym("i", INT), n(0), n(9), n(1), body, orelse, AT, parallel)


ILLEGAL: list[tuple[str, tuple[Stmt, ...], str]] = [
    ("no Return", (), "may end without Return"),
    ("Return on one path only", (If(true, (DONE,), (), AT),), "may end without Return"),
    ("a loop may not be entered", (loop(DONE),), "may end without Return"),
    ("while True with a break", (While(true, (Break(AT),), (), AT),), "may end without Return"),
    ("results too many", (Return((n(1),), AT),), "1 results for 0"),
    ("never assigned", (Assign(a_ := Sym("b", INT), Var(u), AT), DONE), "any assignment: u"),
    ("assigned in the other branch",
     (If(true, (Assign(u, n(1), AT),), (Assign(a_, Var(u), AT),), AT), DONE), "any assignment: u"),
    ("read in the first condition",
     (While(Compare("lt", Var(u), n(1), BOOL), (Assign(u, n(1), AT),), (), AT), DONE),
     "any assignment: u"),
    ("a parameter assigned", (Assign(k, n(1), AT), DONE), "parameters assigned: k"),
    ("another type assigned", (Assign(u, Var(a), AT), DONE), "float assigned to a int"),
    ("break outside", (Break(AT), DONE), "outside of a loop"),
    ("continue in an else of the only loop",
     (loop(orelse=(Continue(AT),)), DONE), "outside of a loop"),
    ("break in a parallel loop", (loop(Break(AT), parallel=True), DONE), "break in a parallel"),
    ("return in a parallel loop",
     (loop(If(true, (DONE,), (), AT), parallel=True), DONE), "order in parallel"),
    ("a text as condition", (If(Var(name), (), (), AT), DONE), "condition of type str"),
    ("an int stored into floats", (Store(ls, point, n(1), AT), DONE), "int stored into float"),
    ("a matrix stored into a row",
     (Store(m, (Pt(n(0)), Slc()), Var(m), AT), DONE), "stored into ndarray"),
    ("a list stored into an array", (Store(v, (Slc(),), Var(ls), AT), DONE), "list[float] stored"),
    ("append to an array", (Append(v, Var(a), AT), DONE), "append"),
    ("append of another type", (Append(ls, n(1), AT), DONE), "int appended to list[float]"),
    ("an unknown function", (Invoke((), "g", (), AT), DONE), "g is not defined before"),
    ("itself without its arguments", (Invoke((), "f", (), AT), DONE), "0 arguments for 9"),
    ("a view is no C-contiguous array",
     (Assign(Sym("t", MAT), Transpose(Var(m), (1, 0), Array("float64", 2, "F")), AT), DONE),
     "assigned to a"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "words"), [row[1:] for row in ILLEGAL], ids=[row[0] for row in ILLEGAL]
)
def test_an_illegal_body_is_refused(body: tuple[Stmt, ...], words: str) -> None:
    with pytest.raises(IllegalIR, match=r"^line 7: ") as caught:
        check(Program(func(body), Nothing()))
    assert words in str(caught.value)


LEGAL: list[tuple[str, tuple[Stmt, ...]]] = [
    ("while True ends only by Return", (While(true, (If(true, (DONE,), (), AT),), (), AT),)),
    ("a loop whose else returns", (loop(orelse=(DONE,)),)),
    ("both branches end", (If(true, (DONE,), (Fail("no", AT),), AT),)),
    ("break of an inner loop", (While(true, (loop(Break(AT)),), (), AT),)),
    ("assigned later in an enclosing loop",
     (loop(If(true, (Assign(a_, Var(u), AT),), (), AT), Assign(u, n(1), AT)), DONE)),
    ("a view into a variable of any layout",
     (Assign(Sym("t", Array("float64", 2, "A")),
             Transpose(Var(m), (1, 0), Array("float64", 2, "F")), AT), DONE)),
    ("rows of a matrix are contiguous",
     bind(Load(Var(m), (Slc(n(1), n(3), n(1)), Slc()), MAT))),
    ("a new axis changes nothing", bind(Load(Var(m), (Pt(n(0)), Slc(n(1)), NewAxis()), MAT))),
    ("columns of a Fortran matrix are contiguous", bind(Load(Transpose(
        Var(m), (1, 0), Array("float64", 2, "F")), (Slc(), Pt(n(0))), VEC))),
    ("a row of a list of lists", (Store(ll, (Pt(n(0)), Slc()), Load(
        Var(ll), (Pt(n(1)), Slc()), ListOf(INT)), AT), DONE)),
]  # fmt: skip


@pytest.mark.parametrize("body", [row[1] for row in LEGAL], ids=[row[0] for row in LEGAL])
def test_a_legal_body_passes(body: tuple[Stmt, ...]) -> None:
    check(Program(func(body), Nothing()))


LOW_ILLEGAL: list[tuple[str, tuple[Stmt, ...], str]] = [
    ("a Python number", (Assign(u, n(1), AT), DONE), "int in low IR"),
    ("operands of two dtypes",
     bind(Binary("mul", Load(Var(lv), (Pt(low(0)),), F64), Var(lk), F64)), "mixed dtypes"),
    ("a quotient of integers", bind(Binary("truediv", Var(lk), Var(lk), F64)), "mixed dtypes"),
    ("a number as condition", (If(Var(lk), (), (), AT), DONE), "condition of type np.int64"),
    ("a number in a conjunction",
     bind(Logic("and", Var(lk), Const(True, B1), B1)), "truth value of np.int64"),
    ("an index array",
     bind(Load(Var(lv), (Fancy(Alloc((low(1),), None, Array("int64", 1))),), VEC)),
     "array index in low IR"),
    ("an int stored into floats", (Store(lv, (Pt(low(0)),), low(1), AT), DONE), "in low IR"),
    ("a length of type int", bind(Dim(Var(lv), 0, INT)), "int in low IR"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "words"), [row[1:] for row in LOW_ILLEGAL], ids=[row[0] for row in LOW_ILLEGAL]
)
def test_low_ir_is_machine_typed(body: tuple[Stmt, ...], words: str) -> None:
    with pytest.raises(IllegalIR) as caught:
        check(Program(func(body, level="low"), Nothing()))
    assert words in str(caught.value)


def test_the_message_shows_the_statement() -> None:
    with pytest.raises(IllegalIR) as caught:
        check(Program(func((Assign(u, Var(a), AT), DONE)), Nothing()))
    assert str(caught.value) == "line 7: float assigned to a int in: u = a"


@pytest.mark.parametrize(
    ("rebuild", "words"),
    [
        (Value(1, INT), "result 1 of 1"),
        (Pack((Same(20),)), "parameter 20 of 9"),
        (OneOf(0, 0, (FLOAT,)), "type of a tag"),
        (Rows(Value(0, FLOAT), 1), "result 0 is no list of rank 1"),
    ],
    ids=[
        "a result that is not there",
        "a parameter that is not there",
        "a tag is an integer",
        "elements come from lists",
    ],
)
def test_the_rebuilt_object_refers_to_what_there_is(rebuild: Value, words: str) -> None:
    main = func((Return((Var(a),), AT),), FLOAT)
    with pytest.raises(IllegalIR, match=words):
        check(Program(main, rebuild))


@pytest.mark.parametrize(
    ("refill", "words"),
    [
        (Refill(20, Value(0, FLOAT)), "parameter 20 of 9"),
        (Refill(0, Nothing()), "gets the elements of a list"),
    ],
    ids=["a parameter that is not there", "nothing for a list"],
)
def test_refills_refer_to_what_there_is(refill: Refill, words: str) -> None:
    main = func((Return((Var(a),), AT),), FLOAT)
    with pytest.raises(IllegalIR, match=words):
        check(Program(main, Nothing(), (), (refill,)))


def test_helpers_come_before_their_callers() -> None:
    g = Func("g", (), (), (DONE,), NOWHERE)
    h = Func("h", (), (), (Invoke((), "g", (), AT), DONE), NOWHERE)
    check(Program(func((Invoke((), "h", (), AT), DONE)), Nothing(), (g, h)))
    with pytest.raises(IllegalIR, match="g is not defined before"):
        check(Program(func((DONE,)), Nothing(), (h, g)))
    with pytest.raises(IllegalIR, match="two functions called g"):
        check(Program(func((DONE,)), Nothing(), (g, g)))
