"""Sorting where the order of equal elements is NumPy's own: the kernel gives up if it shows.

NumPy's default sort is not stable, and -0.0 equals 0.0. Numba sorts by another algorithm, so its result is
NumPy's only if no two elements are equal and yet to be told apart.
"""

from __future__ import annotations

from dataclasses import replace

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
    Stmt,
    Sym,
    Var,
)
from loopwright.ir.types import B1, I64, Array, Num, kind_of
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
        case Assign(sym, Call("np.argsort", (Var() as x, axis, Const(False)), t), span) if (
            _is_vector(x)
        ):
            stable = Call("np.argsort", (x, axis, Const(True, B1)), t)
            at = Sym("k", I64)
            now, before = (_at(x, _at(Var(sym), e)) for e in (Var(at), _previous(at)))
            # not so if either is NaN, which is wanted: NaNs are equal, too
            rises = Compare("gt", now, before, B1)
            return Assign(sym, stable, span), _each(sym, at, rises, "equal keys", stmt)
        case Assign(sym, Call("np.sort", (Var() as x, _), _)) if _is_vector(x) and _is_float(x):
            at = Sym("k", I64)
            now, before = (_at(Var(sym), e) for e in (Var(at), _previous(at)))
            signs = (Call("np.signbit", (e,), B1) for e in (now, before))
            alike = Compare("eq", *signs, B1)
            differ = Logic("or", Compare("ne", now, before, B1), alike, B1)
            return stmt, _each(sym, at, differ, "zeros of either sign", stmt)
        case _:
            return (stmt,)


def _is_vector(x: Var) -> bool:
    return isinstance(x.type, Array) and x.type.ndim == 1 and kind_of(x.type.dtype) != "c"


def _is_float(x: Var) -> bool:
    return isinstance(x.type, Array) and kind_of(x.type.dtype) == "f"


def _previous(at: Sym) -> Expr:
    return Binary("sub", Var(at), _ONE, I64)


def _at(x: Expr, place: Expr) -> Expr:
    assert isinstance(x.type, Array)
    return Load(x, (Pt(place),), Num(x.type.dtype))


def _each(sym: Sym, at: Sym, cond: Expr, reason: str, stmt: Assign) -> For:
    """Check `cond` for every position `at` of `sym` but the first."""
    check = Check(cond, reason, stmt.span)
    return For(at, _ONE, Dim(Var(sym), 0, I64), _ONE, (check,), (), stmt.span)
