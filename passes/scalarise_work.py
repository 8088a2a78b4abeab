"""Whether a function has array-level work, or names of views that hide elements."""

from __future__ import annotations

from collections.abc import Iterator

from loopwright.ir.intrinsics import TABLE
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Call,
    Cast,
    Compare,
    Contract,
    Expr,
    Fancy,
    Func,
    Load,
    Pt,
    Reduce,
    Reshape,
    Scan,
    Stmt,
    Store,
    Sym,
    Transpose,
    Unary,
    Var,
)
from loopwright.ir.types import Array, ListOf
from loopwright.ir.walk import children, exprs_of, subexprs, walk_exprs, walk_stmts
from loopwright.passes.scalarise_arrays import RULES
from loopwright.passes.scalarise_contract import Mode, is_library


def has_work(func: Func, contract: Mode) -> bool:
    """True if the pass has something to do in the function."""
    if any(_is_work(e, contract) for e in walk_exprs(func.body)):
        return True
    if any(_stores_part(s) for s in walk_stmts(func.body)):
        return True
    views = {
        s.sym
        for s in walk_stmts(func.body)
        if isinstance(s, Assign) and isinstance(s.value, (Load, Transpose))
    }
    return any(sym in views for sym in _elementwise(func))


def _is_work(expr: Expr, contract: Mode) -> bool:
    match expr:
        case Reduce() | Scan():
            return True
        case Unary() | Binary() | Compare():
            return isinstance(expr.type, Array)
        case Cast(x, _):
            return isinstance(expr.type, Array) or isinstance(x.type, Array)
        case Call(fn, args, _):
            if not any(isinstance(t, Array) for t in (expr.type, *(a.type for a in args))):
                return False
            return TABLE[fn].kind != "array" or fn in RULES or not all(map(_is_named, args))
        case Contract(_, args, _):
            return not is_library(expr, contract) or not all(map(_is_named, args))
        case Load(x, index, _):
            fancy = any(isinstance(item, Fancy) for item in index)
            return fancy or (isinstance(x.type, Array) and not isinstance(x, Var))
        case _:
            return False


def _is_named(expr: Expr) -> bool:
    """True for a variable or a view of one, and for numbers."""
    match expr:
        case Load(x, _, _) | Transpose(x, _, _) | Reshape(x, _, _):
            return _is_named(x)
        case _:
            return isinstance(expr, Var) or not isinstance(expr.type, (Array, ListOf))


def _stores_part(stmt: Stmt) -> bool:
    """True for a store into a part of an array."""
    if not isinstance(stmt, Store) or isinstance(stmt.x.type, ListOf):
        return False
    return not all(isinstance(item, Pt) for item in stmt.index)


def _elementwise(func: Func) -> Iterator[Sym]:
    """Arrays of which single elements are read or stored."""
    for stmt in walk_stmts(func.body):
        if isinstance(stmt, Store):
            yield stmt.x
        for whole in exprs_of(stmt):
            for expr in subexprs(whole):
                if isinstance(expr, Load) and all(isinstance(i, Pt) for i in expr.index):
                    yield from (e.sym for e in children(expr)[:1] if isinstance(e, Var))
