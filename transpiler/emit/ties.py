"""Sorting where the order of equal elements is NumPy's own: the kernel gives up if it shows.

NumPy's default sort is not stable, and -0.0 equals 0.0. Numba sorts by another algorithm, so its result is
NumPy's only if no two elements are equal and yet to be told apart.
"""

from __future__ import annotations

from dataclasses import replace

from loopwright.diagnostics import Span
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Call,
    Check,
    Compare,
    Const,
    Dim,
    Expr,
    For,
    Load,
    Logic,
    Program,
    Pt,
    Return,
    Stmt,
    Sym,
    Var,
)
from loopwright.ir.types import B1, I64, Array, Num, Type, kind_of, machine_dtype
from loopwright.ir.walk import map_stmts

_ONE = Const(1, I64)


def without_ties(program: Program) -> Program:
    """The low-level program with unstable sorts as stable ones, and checks behind them."""
    return replace(
        program,
        main=replace(program.main, body=map_stmts(program.main.body, _settled)),
        helpers=tuple(replace(f, body=map_stmts(f.body, _settled)) for f in program.helpers),
    )


def _settled(stmt: Stmt) -> tuple[Stmt, ...]:
    match stmt:
        case Assign(sym, Call() as call, span) if _concerns(call):
            return _sorted(sym, call, span)
        case Return(values, span) if any(map(_concerns, values)):
            before: list[Stmt] = []
            held: list[Expr] = []
            for value in values:
                if isinstance(value, Call) and _concerns(value):
                    sym = Sym("order", value.type)
                    before += _sorted(sym, value, span)
                    value = Var(sym)
                held.append(value)
            return *before, replace(stmt, values=tuple(held))
        case _:
            return (stmt,)


def _concerns(e: Expr) -> bool:
    match e:
        case Call("np.argsort", (x, _, Const(False))):
            return _is_vector(x.type)
        case Call("np.sort", (x, _)):
            return _is_vector(x.type) and kind_of(machine_dtype(x.type)) == "f"
        case _:
            return False


def _is_vector(t: Type) -> bool:
    return isinstance(t, Array) and t.ndim == 1 and kind_of(t.dtype) != "c"


def _sorted(sym: Sym, call: Call, span: Span) -> tuple[Stmt, ...]:
    x, *rest = call.args
    base = x if isinstance(x, Var) else Var(Sym("keys", x.type))
    first = () if isinstance(x, Var) else (Assign(base.sym, x, span),)
    at = Sym("k", I64)
    if call.fn == "np.argsort":
        stable = replace(call, args=(base, rest[0], Const(True, B1)))
        now, before = (_at(base, _at(Var(sym), e)) for e in (Var(at), _previous(at)))
        # not so if either is NaN, which is wanted: NaNs are equal, too
        rises = Compare("gt", now, before, B1)
        return *first, Assign(sym, stable, span), _each(sym, at, rises, "equal keys", span)
    now, before = (_at(Var(sym), e) for e in (Var(at), _previous(at)))
    signs = [Call("np.signbit", (e,), B1) for e in (now, before)]
    alike = Compare("eq", signs[0], signs[1], B1)
    differ = Logic("or", Compare("ne", now, before, B1), alike, B1)
    plain = replace(call, args=(base, *rest))
    return *first, Assign(sym, plain, span), _each(sym, at, differ, "zeros of either sign", span)


def _previous(at: Sym) -> Expr:
    return Binary("sub", Var(at), _ONE, I64)


def _at(x: Expr, place: Expr) -> Expr:
    assert isinstance(x.type, Array)
    return Load(x, (Pt(place),), Num(x.type.dtype))


def _each(sym: Sym, at: Sym, cond: Expr, reason: str, span: Span) -> For:
    """Check `cond` for every position `at` of `sym` but the first."""
    check = Check(cond, reason, span)
    return For(at, _ONE, Dim(Var(sym), 0, I64), _ONE, (check,), (), span)
