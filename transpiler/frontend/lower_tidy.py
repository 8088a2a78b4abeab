"""Tidying after lowering: markers (tags of types, flags of assignment) that nothing reads go away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loopwright.ir.nodes import (
    Append,
    Assign,
    Compare,
    Const,
    Expr,
    If,
    Logic,
    Stmt,
    Store,
    Sym,
    Unary,
    Var,
)
from loopwright.ir.walk import Body, map_stmts, walk_exprs


def tidy(body: Sequence[Stmt], markers: set[Sym]) -> Body:
    """The statements without assignments to markers that are never read."""
    done = tuple(body)
    while True:
        read = {e.sym for e in walk_exprs(done) if isinstance(e, Var)}
        unread = markers - read
        smaller = map_stmts(done, lambda s, unread=unread: _keep(s, unread))  # type: ignore[misc]
        if smaller == done:
            return done
        done = smaller


def _keep(stmt: Stmt, unread: set[Sym]) -> Iterable[Stmt]:
    match stmt:
        case Assign(sym, _, _) if sym in unread:
            return ()
        case Store(x, _, _, _) | Append(x, _, _) if x in unread:
            return ()
        case If(cond, (), (), _) if _total(cond):
            return ()
        case _:
            return (stmt,)


def _total(cond: Expr) -> bool:
    """Whether a condition certainly has no failure to lose."""
    match cond:
        case Var() | Const():
            return True
        case Unary(_, x, _):
            return _total(x)
        case Compare(_, a, b, _) | Logic(_, a, b, _):
            return _total(a) and _total(b)
        case _:
            return False
