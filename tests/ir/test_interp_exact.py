"""Enclosures against exact rational and high-precision values."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from loopwright.diagnostics import NOWHERE
from loopwright.ir.check import check
from loopwright.ir.exact_math import BINARY, UNARY, UNDECIDED, ball, compare, is_decided
from loopwright.ir.interp import KernelFailed
from loopwright.ir.interp_exact import enclose, params_after, rebuild_exact
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Binary,
    Break,
    Call,
    Cast,
    Compare,
    CompareOp,
    Const,
    Contract,
    Dim,
    Draw,
    Expr,
    Fancy,
    For,
    Func,
    If,
    Invoke,
    Load,
    Nothing,
    OneOf,
    Pack,
    Program,
    Pt,
    Rebuild,
    Reduce,
    Refill,
    Return,
    Rows,
    Same,
    Scan,
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
from loopwright.ir.types import B1, BOOL, C128, F32, F64, FLOAT, I64, INT, Array, ListOf, Rng, Type

AT = NOWHERE
VEC, MAT, FMAT = Array("float64", 1), Array("float64", 2), Array("float64", 2, "F")
IVEC, BVEC = Array("int64", 1), Array("bool", 1)
v, w, m, n, i = Sym("v", VEC), Sym("w", VEC), Sym("m", MAT), Sym("n", INT), Sym("i", INT)
a, b, s, k, ls = (
    Sym("a", F64),
    Sym("b", F64),
    Sym("s", F64),
    Sym("k", INT),
    Sym("ls", ListOf(FLOAT)),
)
V = np.array([0.1, 0.2, 0.3, 1e16, -1e16])
W = np.array([3.0, 0.7, -2.5, 1e-3, 11.0])
M = np.array([[0.1, 0.7], [1.3, -2.9]])


def x(value: float) -> Const:
    return Const(value, F64)


def c(value: int) -> Const:
    return Const(value, INT)


def program(
    params: tuple[Sym, ...], body: tuple[Stmt, ...], *results: Type, how: Rebuild
) -> Program:
    made = Program(Func("f", params, results, body, AT), how)
    check(made)
    return made


def exact_of(expr: Expr, env: dict[Sym, Any]) -> Any:
    p = program(tuple(env), (Return((expr,), AT),), expr.type, how=Nothing())
    return enclose(p, tuple(env.values())).results[0].exact


def contains(enclosure: Any, value: Fraction) -> bool:
    with ctx.workprec(200):
        return bool((enclosure * value.denominator).contains(arb(value.numerator)))


def tight(enclosure: Any) -> bool:
    return is_decided(enclosure) and float(enclosure.rad()) <= 1e-50 * (
        1 + abs(float(enclosure.mid()))
    )


def exactly(values: np.ndarray[Any, Any]) -> list[Fraction]:
    return [Fraction(float(e)) for e in values]


# ------------------------------------------------------------------ operations


def test_a_sum_is_exact_where_rounding_loses_everything() -> None:
    exact = exact_of(Reduce("sum", Var(v), None, False, F64), {v: V})
    assert contains(exact, sum(exactly(V), Fraction(0))) and tight(exact)
    assert float(np.sum(V)) != pytest.approx(float(exact.mid()), rel=1e-3)


RATIONAL: list[tuple[str, Expr, dict[Sym, Any], Fraction]] = [
    ("dot", Contract("i,i->", (Var(v), Var(w)), F64), {v: V, w: W},
     sum((p * q for p, q in zip(exactly(V), exactly(W), strict=True)), Fraction(0))),
    ("a list", Reduce("sum", Var(ls), None, False, FLOAT), {ls: V.tolist()}, sum(exactly(V), Fraction(0))),
    ("a quotient", Binary("truediv", Var(a), x(3.0), F64), {a: 0.1}, Fraction(0.1) / 3),
    ("a power", Binary("pow", Var(a), c(5), F64), {a: -0.3}, Fraction(-0.3) ** 5),
    ("a remainder", Binary("mod", Var(a), x(0.3), F64), {a: -1.0}, Fraction(-1) % Fraction(0.3)),
    ("a floor", Binary("floordiv", Var(a), x(0.1), F64), {a: 1.0}, Fraction(Fraction(1) // Fraction(0.1))),
    ("a float32 constant", Binary("mul", Var(a), Cast(Const(0.1, F32), F64), F64), {a: 1.0},
     Fraction(float(np.float32(0.1)))),
    ("rounding is an error", Cast(Cast(Var(a), F32), F64), {a: 0.1}, Fraction(0.1)),
    ("an int", Binary("mul", Var(a), Var(n), F64), {a: 0.1, n: 3}, 3 * Fraction(0.1)),
    ("the least", Reduce("min", Var(m), None, False, F64), {m: M}, Fraction(-2.9)),
    ("NumPy's maximum", Binary("maximum", Var(a), Var(b), F64), {a: 0.1, b: 0.2}, Fraction(0.2)),
    ("clipped", Call("np.clip", (Var(a), x(0.0), x(0.7)), F64), {a: 3.0}, Fraction(0.7)),
    ("half to even", Call("np.rint", (Var(a),), F64), {a: 2.5}, Fraction(2)),
    ("half to even, odd", Call("np.rint", (Var(a),), F64), {a: -1.5}, Fraction(-2)),
    ("truncated", Call("np.trunc", (Var(a),), F64), {a: -1.7}, Fraction(-1)),
    ("a choice", Select(Compare("lt", Var(a), x(1.0), B1), Var(a), x(9.0), F64), {a: 0.1}, Fraction(0.1)),
    ("a logistic function", Call("special.expit", (x(0.0),), F64), {a: 0.1}, Fraction(1, 2)),
    ("nothing times a logarithm", Call("special.xlogy", (x(0.0), Var(a)), F64), {a: 0.0}, Fraction(0)),
    ("a determinant", Call("np.linalg.det", (Var(m),), F64), {m: M},
     Fraction(0.1) * Fraction(-2.9) - Fraction(0.7) * Fraction(1.3)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("expr", "env", "value"), [row[1:] for row in RATIONAL], ids=[row[0] for row in RATIONAL]
)
def test_the_enclosure_holds_the_rational_value(
    expr: Expr, env: dict[Sym, Any], value: Fraction
) -> None:
    exact = exact_of(expr, env)
    assert contains(exact, value) and tight(exact)


P = np.array([0.25, 0.1, 0.875])
ARRAYS: list[tuple[str, Expr, dict[Sym, Any]]] = [
    ("a product", Contract("ij,jk->ik", (Transpose(Var(m), (1, 0), FMAT), Var(m)), MAT), {m: M}),
    ("axis sums", Reduce("sum", Var(m), (0,), True, MAT), {m: M}),
    ("axis minima", Reduce("max", Var(m), (1,), False, VEC), {m: M}),
    ("running products", Scan("prod", Var(m), 1, MAT), {m: M}),
    ("a view", Load(Var(m), (Slc(None, None, c(-1)), Pt(c(0))), Array("float64", 1, "A")), {m: M}),
    ("picked", Load(Var(v), (Fancy(Call("np.arange", (c(4), c(0), c(-2)), IVEC)),), VEC), {v: V}),
    ("a mask", Load(Var(v), (Fancy(Compare("gt", Var(v), x(0.15), BVEC)),), VEC), {v: V}),
    ("where", Call("np.where", (Compare("gt", Var(v), x(0.15), BVEC), Var(v), x(0.0)), VEC), {v: V}),
    ("steps", Call("np.arange", (x(0.1), x(1.0), x(0.3)), VEC), {}),
    ("spaced", Call("np.linspace", (x(0.1), x(0.7), c(4), Const(True, BOOL)), VEC), {}),
    ("differences", Call("np.diff", (Var(m),), MAT), {m: M}),
    ("joined", Call("np.concatenate", (c(1), Var(m), Var(m)), MAT), {m: M}),
    ("sorted", Call("np.sort", (Var(w), c(0)), VEC), {w: W}),
    ("distinct", Call("np.unique", (Call("np.concatenate", (c(0), Var(w), Var(w)), VEC),), VEC), {w: W}),
    ("in the middle", Call("np.median", (Var(w),), F64), {w: W}),
    ("the lower triangle", Call("np.tril", (Var(m), c(0)), MAT), {m: M}),
    ("the strict upper triangle", Call("np.triu", (Var(m), c(1)), MAT), {m: M}),
    ("solved", Call("np.linalg.solve", (Var(m), Load(Var(m), (Pt(c(0)), Slc()), VEC)), VEC), {m: M}),
    ("inverted", Call("np.linalg.inv", (Var(m),), MAT), {m: M}),
    ("a determinant's logarithm", Call("np.linalg.slogdet", (Var(m),), VEC), {m: M}),
    ("a Cholesky factor", Call("np.linalg.cholesky", (Contract("ij,kj->ik", (Var(m), Var(m)), MAT),), MAT),
     {m: M}),
    *((f"of each element: {name}", Call(f"special.{name}", (Var(v),), VEC), {v: P})
      for name in ("psi", "gammaln", "gamma", "erf", "erfc", "expit", "logit")),
    *((f"of each element: {name}", Call(f"special.{name}", (Var(v), Var(v)), VEC), {v: P})
      for name in ("xlogy", "betaln")),
    ("filled", Alloc((c(3),), x(0.1), VEC), {}),
    ("from a list", Cast(Var(ls), VEC), {ls: [0.5, 0.25]}),
    ("broadcast", Binary("sub", Var(m), Reduce("max", Var(m), (1,), True, MAT), MAT), {m: M}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("expr", "env"), [row[1:] for row in ARRAYS], ids=[row[0] for row in ARRAYS]
)
def test_arrays_of_enclosures_follow_the_ordinary_ones(expr: Expr, env: dict[Sym, Any]) -> None:
    p = program(tuple(env), (Return((expr,), AT),), expr.type, how=Nothing())
    found = enclose(p, tuple(env.values())).results[0]
    assert np.shape(found.exact) == np.shape(found.ordinary)
    middle = np.vectorize(lambda e: float(e.mid()))(found.exact)
    assert np.allclose(middle, found.ordinary, rtol=1e-13, atol=1e-15)
    assert all(tight(e) for e in np.ravel(found.exact))


ELEMENTARY = {
    "sqrt": 0.3, "exp": 0.3, "exp2": 0.3, "expm1": 1e-9, "log": 0.3, "log1p": 1e-9, "log2": 0.3,
    "log10": 0.3, "sin": 0.3, "cos": 0.3, "tan": 0.3, "asin": 0.3, "acos": 0.3, "atan": 0.3,
    "sinh": 0.3, "cosh": 0.3, "tanh": 0.3, "asinh": 0.3, "acosh": 1.3, "atanh": 0.3, "gamma": -2.5,
    "lgamma": -2.5, "erf": 0.3, "erfc": 3.0, "cbrt": -0.3, "degrees": 0.3, "radians": 0.3,
    "fabs": -0.3, "floor": -0.3, "ceil": -0.3, "trunc": -1.3,
}  # fmt: skip


@pytest.mark.parametrize("name", ELEMENTARY)
def test_an_elementary_function_is_the_one_of_math(name: str) -> None:
    with ctx.workprec(200):
        exact = UNARY[name](ball(ELEMENTARY[name]))
    assert tight(exact)
    assert float(exact.mid()) == pytest.approx(getattr(math, name)(ELEMENTARY[name]), rel=1e-14)


@pytest.mark.parametrize("name", ["atan2", "hypot", "fmod", "remainder", "copysign", "pow"])
def test_a_function_of_two_is_the_one_of_math(name: str) -> None:
    for p in (2.75, 0.3):
        for q in (-0.7, 1.9) if name != "pow" else (2.0, 0.5):
            with ctx.workprec(200):
                exact = BINARY[name](ball(p), ball(q))
            assert tight(exact)
            assert float(exact.mid()) == pytest.approx(getattr(math, name)(p, q), rel=1e-14)


@pytest.mark.parametrize("name", ["arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh"])
def test_numpy_names_are_known(name: str) -> None:
    value = 1.2 if name == "arccosh" else 0.2
    expected = getattr(np, name)(value)
    assert float(UNARY[name](ball(value)).mid()) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("op", "p", "q", "answer"),
    [
        ("lt", 1.0, math.inf, True),
        ("ge", 1.0, 1.0, True),
        ("eq", 0.0, -0.0, True),
        ("ne", 0.1, 0.1, False),
        ("lt", math.nan, 1.0, None),
        ("ne", math.nan, 1.0, None),
    ],
)
def test_comparisons_of_exact_numbers_are_certain(
    op: CompareOp, p: float, q: float, answer: bool | None
) -> None:
    assert compare(op, ball(p), ball(q)) is answer


def test_complex_numbers_are_enclosed() -> None:
    z = Sym("z", C128)
    exact = exact_of(Call("np.absolute", (Binary("mul", Var(z), Var(z), C128),), F64), {z: 3 + 4j})
    assert contains(exact, Fraction(25))


# -------------------------------------------------------------------- programs


def loop(hi: Expr, *body: Stmt) -> For:
    return For(i, c(0), hi, c(1), body, (), AT)


def element(of: Sym) -> Load:
    return Load(Var(of), (Pt(Var(i)),), F64)


def plus(sym: Sym, by: Expr) -> Assign:
    return Assign(sym, Binary("add", Var(sym), by, sym.type), AT)


def test_a_loop_accumulates_exactly() -> None:
    body = (
        Assign(s, x(0.0), AT),
        loop(Dim(Var(v), 0, INT), plus(s, element(v))),
        Return((Var(s),), AT),
    )
    found = enclose(program((v,), body, F64, how=Value(0, F64)), (V,))
    assert contains(found.results[0].exact, sum(exactly(V), Fraction(0)))
    assert found.results[0].ordinary != sum(exactly(V), Fraction(0))


def test_stores_through_views_reach_the_array() -> None:
    view = Sym("view", Array("float64", 1, "A"))
    third = Binary("truediv", Const(1.0, F64), Const(3.0, F64), F64)
    body = (
        Assign(view, Load(Var(m), (Slc(), Pt(c(1))), view.type), AT),
        Store(view, (Pt(c(0)),), third, AT),
        Return((), AT),
    )
    found = enclose(program((m,), body, how=Same(0)), (M.copy(),))
    assert contains(found.params[0].exact[0, 1], Fraction(1, 3))
    assert contains(found.params[0].exact[1, 1], Fraction(-2.9))


def test_lists_are_followed() -> None:
    made = Sym("made", ListOf(FLOAT))
    third = Binary("truediv", Const(1.0, FLOAT), Const(3.0, FLOAT), FLOAT)
    body = (
        Assign(made, Alloc((c(0),), None, made.type), AT),
        Append(made, third, AT),
        Append(made, third, AT),
        Store(made, (Pt(c(1)),), Load(Var(ls), (Pt(c(-1)),), FLOAT), AT),
        Return((Var(made),), AT),
    )
    exact = enclose(program((ls,), body, made.type, how=Nothing()), ([0.5, 0.1],)).results[0].exact
    assert contains(exact[0], Fraction(1, 3)) and contains(exact[1], Fraction(0.1))


def test_helpers_work_on_the_enclosures_of_their_arguments() -> None:
    p, q = Sym("p", VEC), Sym("q", F64)
    third = Binary("truediv", Var(q), Const(3.0, F64), F64)
    helper = Func("g", (p, q), (F64,), (Store(p, (Pt(c(0)),), third, AT), Return((third,), AT)), AT)
    body: tuple[Stmt, ...] = (
        Invoke((s,), "g", (Var(v), Binary("mul", x(3.0), x(0.1), F64)), AT),
        Return((Var(s),), AT),
    )
    found = enclose(Program(Func("f", (v,), (F64,), body, AT), Nothing(), (helper,)), (V.copy(),))
    assert contains(found.results[0].exact, Fraction(0.1))
    assert contains(found.params[0].exact[0], Fraction(0.1))


def test_draws_are_exact_as_drawn() -> None:
    rng, d = Sym("rng", Rng()), Sym("d", FLOAT)
    body: tuple[Stmt, ...] = (Draw(d, rng, "random", (), AT), Return((Var(d),), AT))
    found = enclose(program((rng,), body, FLOAT, how=Nothing()), (np.random.default_rng(1),))
    assert contains(found.results[0].exact, Fraction(np.random.default_rng(1).random()))


def test_giving_up_is_the_programs_own() -> None:
    quotient = Binary("truediv", Const(1.0, FLOAT), Const(0.0, FLOAT), FLOAT)
    with pytest.raises(KernelFailed):
        enclose(program((), (Return((quotient,), AT),), FLOAT, how=Nothing()), ())


def test_the_rebuilt_object_holds_enclosures() -> None:
    body = (Return((Var(n), Var(a), c(1)), AT),)
    how = Pack((Value(0, INT), OneOf(1, 2, (INT, F64)), Same(2)))
    p = program((n, a, v), body, INT, F64, INT, how=how)
    number, exact, array = rebuild_exact(p, enclose(p, (3, 0.1, V)))
    assert number == 3 and contains(exact, Fraction(0.1)) and contains(array[3], Fraction(10**16))


def test_a_list_of_tuples_holds_enclosures() -> None:
    body = (Return((Var(v), Var(v), Alloc((Dim(Var(v), 0, INT),), c(1), ListOf(INT))), AT),)
    how = Rows(Pack((Value(0, F64), OneOf(1, 2, (INT, F64)))), 1)
    p = program((n, a, v), body, Array("float64", 1), Array("float64", 1), ListOf(INT), how=how)
    made = rebuild_exact(p, enclose(p, (3, 0.1, V)))
    assert len(made) == len(V) and contains(made[3][0], Fraction(10**16))
    assert contains(made[3][1], Fraction(10**16))


def test_a_list_that_gets_new_elements_holds_enclosures_of_them() -> None:
    items = Sym("items", ListOf(FLOAT))
    body = (Return((Var(v),), AT),)
    p = program((items, v), body, Array("float64", 1), how=Nothing())
    p = replace(p, refills=(Refill(0, Value(0, ListOf(FLOAT))),))
    after = params_after(p, enclose(p, ([1.0], V)))
    assert len(after[0]) == len(V) and contains(after[0][3], Fraction(10**16))


# -------------------------------------------------------------------- decisions

tenth3 = Binary("add", Binary("add", x(0.1), x(0.1), F64), x(0.1), F64)
close = Compare("eq", Binary("mul", x(3.0), x(0.1), F64), tenth3, B1)
"""True by rounding and in exact arithmetic."""
root = Call("np.sqrt", (x(2.0),), F64)
tie = Compare("ge", Binary("mul", root, root, F64), x(2.0), B1)
"""True in floating point; the enclosure of the square straddles 2."""


def test_a_tie_leaves_what_depends_on_it_undecided() -> None:
    body = (
        Assign(s, x(1.0), AT),
        Assign(b, x(0.1), AT),
        If(tie, (Assign(s, x(2.0), AT),), (), AT),
        Return((Var(s), Binary("mul", Var(s), Var(b), F64), Var(b)), AT),
    )
    found = enclose(program((), body, F64, F64, F64, how=Nothing()), ()).results
    assert [is_decided(r.exact) for r in found] == [False, False, True]


def test_exact_equality_is_certain() -> None:
    body = (
        Assign(s, x(1.0), AT),
        If(close, (Assign(s, x(2.0), AT),), (), AT),
        Return((Var(s),), AT),
    )
    assert is_decided(enclose(program((), body, F64, how=Nothing()), ()).results[0].exact)


def test_doubt_goes_through_integers_and_indices() -> None:
    body = (
        Assign(k, c(0), AT),
        If(tie, (Assign(k, c(1), AT),), (), AT),
        Assign(s, Load(Var(v), (Pt(Var(k)),), F64), AT),
        Store(w, (Pt(Var(k)),), x(0.0), AT),
        Return((Var(s), Cast(Var(k), F64)), AT),
    )
    found = enclose(program((v, w), body, F64, F64, how=Nothing()), (V, W.copy()))
    assert not any(is_decided(r.exact) for r in found.results)
    assert all(is_decided(e) for e in found.params[0].exact)
    assert not any(is_decided(e) for e in found.params[1].exact)


def test_doubt_about_leaving_a_loop_is_about_everything() -> None:
    body = (
        Assign(s, x(0.0), AT),
        loop(c(3), plus(s, x(1.0)), If(tie, (Break(AT),), (), AT)),
        Return((Var(s),), AT),
    )
    found = enclose(program((), body, F64, how=Nothing()), ()).results[0]
    assert found.ordinary == 1.0 and not is_decided(found.exact)


def test_a_while_loop_that_stops_for_certain_is_decided() -> None:
    more = Compare("gt", Var(s), x(1e-3), B1)
    third = Assign(s, Binary("truediv", Var(s), x(3.0), F64), AT)
    body = (Assign(s, x(1.0), AT), While(more, (third,), (), AT), Return((Var(s),), AT))
    found = enclose(program((), body, F64, how=Nothing()), ()).results[0]
    assert contains(found.exact, Fraction(1, 3**7))


def test_the_lesser_of_two_that_tie_is_enclosed_all_the_same() -> None:
    square = Binary("mul", root, root, F64)
    assert tight(exact_of(Call("min2", (square, x(2.0)), F64), {}))
    assert tight(exact_of(Select(tie, square, x(2.0), F64), {}))


def test_a_floor_at_the_edge_is_undecided() -> None:
    square = Binary("mul", root, root, F64)
    assert not is_decided(exact_of(Call("np.floor", (square,), F64), {}))
    assert not is_decided(exact_of(Cast(Cast(square, INT), F64), {}))
    assert is_decided(exact_of(Cast(Cast(root, INT), F64), {}))


two = Binary("mul", root, root, F64)
"""2, which its enclosure does not tell from numbers next to it."""
POSITIONS: dict[str, tuple[Expr, Expr, Expr, bool]] = {
    "one greatest": (x(1.0), x(3.0), x(2.0), True),
    "two that are equal": (x(1.0), x(2.0), x(2.0), True),
    "two that are computed alike": (root, x(1.0), root, True),
    "two within rounding": (two, x(2.0), x(1.0), False),
}


@pytest.mark.parametrize(("p", "q", "r", "sure"), POSITIONS.values(), ids=POSITIONS)
def test_the_position_of_the_greatest_is_certain_unless_rounding_may_decide(
    p: Expr, q: Expr, r: Expr, sure: bool
) -> None:
    stores = (Store(w, (Pt(c(at)),), value, AT) for at, value in enumerate((p, q, r)))
    at = Reduce("argmax", Load(Var(w), (Slc(None, c(3)),), VEC), None, False, I64)
    body = (*stores, Return((at,), AT))
    found = enclose(program((w,), body, I64, how=Nothing()), (W.copy(),))
    assert found.results[0].sure is found.sure is sure


@pytest.mark.parametrize("given", [[1.5, -0.5], [[1.5], [-0.5]]], ids=["flat", "nested"])
def test_a_list_of_floats_becomes_whole_numbers(given: list[Any]) -> None:
    ndim = np.ndim(given)
    items, made = Sym("items", ListOf(FLOAT, ndim)), Array("int64", ndim)
    p = program((items,), (Return((Cast(Var(items), made),), AT),), made, how=Nothing())
    found = enclose(p, (given,))
    assert found.sure and found.results[0].ordinary.ravel().tolist() == [1, 0]


def test_nan_decides_for_certain() -> None:
    cond = Compare("lt", Load(Var(v), (Pt(c(0)),), F64), x(1.0), B1)
    most = Reduce("argmax", Var(v), None, False, I64)
    known = Call("np.isfinite", (Load(Var(v), (Pt(c(0)),), F64),), B1)
    for value in (math.nan, math.inf):
        p = program((v,), (Return((cond, most, known), AT),), B1, I64, B1, how=Nothing())
        found = enclose(p, (np.array([value, 2.0]),))
        assert found.sure and not found.open


@pytest.mark.parametrize(("stable", "sure"), [(True, True), (False, False)])
def test_equal_numbers_have_one_order_in_a_stable_sort_only(stable: bool, sure: bool) -> None:
    order = Call("np.argsort", (Var(v), c(0), Const(stable, BOOL)), IVEC)
    p = program((v,), (Return((order,), AT),), IVEC, how=Nothing())
    assert enclose(p, (np.array([2.0, 1.0, 2.0]),)).sure is sure


def test_sums_of_the_same_numbers_are_known_to_be_equal() -> None:
    roots = Reduce("sum", Call("np.sqrt", (Var(v),), VEC), None, False, F64)
    same = Compare("lt", roots, roots, B1)
    p = program((v,), (Return((same,), AT),), B1, how=Nothing())
    assert enclose(p, (np.array([2.0, 3.0]),)).sure


def test_numbers_within_rounding_are_enclosed_in_order() -> None:
    body = (
        Store(w, (Pt(c(0)),), two, AT),
        Store(w, (Pt(c(1)),), x(2.0), AT),
        Return((Call("np.sort", (Var(w), c(0)), VEC),), AT),
    )
    found = enclose(program((w,), body, VEC, how=Nothing()), (W.copy(),)).results[0].exact
    assert all(tight(e) for e in found)
    assert contains(found[2], Fraction(2)) and contains(found[3], Fraction(2))


@pytest.mark.parametrize(("wanted", "sure"), [(0.3, True), (0.30000000000000004, False)])
def test_a_place_in_a_sorted_array_is_open_beside_an_element(wanted: float, sure: bool) -> None:
    rows = Binary("mul", Call("np.sqrt", (Var(v),), VEC), Call("np.sqrt", (Var(v),), VEC), VEC)
    at = Call("np.searchsorted", (rows, Var(a), Const(False, BOOL)), I64)
    p = program((v, a), (Return((at,), AT),), I64, how=Nothing())
    assert enclose(p, (np.array([0.1, 0.30000000000000004, 0.7]), wanted)).sure is sure


def test_a_function_without_an_exact_form_is_told() -> None:
    unknown = Reduce("sum", Call("np.nextafter", (Var(v), x(0.0)), VEC), None, False, F64)
    for expr, whole in ((unknown, False), (Reduce("sum", Var(v), None, False, F64), True)):
        p = program((v,), (Return((expr,), AT),), F64, how=Nothing())
        assert enclose(p, (W,)).whole is whole


def test_what_is_no_real_number_is_undecided() -> None:
    for value in (math.nan, math.inf):
        assert not is_decided(exact_of(Var(a), {a: value}))
    assert not is_decided(exact_of(Unary("neg", Binary("truediv", x(0.0), x(0.0), F64), F64), {}))
    assert not is_decided(UNDECIDED)
