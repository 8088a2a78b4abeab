"""Loop bodies in the form that distribution wants: no `continue`, no names for rows, few branches."""

from __future__ import annotations

from dataclasses import replace

from loopwright.ir.nodes import (
    Assign,
    Const,
    Continue,
    Dim,
    Expr,
    For,
    If,
    IndexItem,
    Load,
    Pt,
    Select,
    Slc,
    Stmt,
    Store,
    Sym,
    Unary,
    Var,
)
from loopwright.ir.types import BOOL, F64, Array, ListOf, Type, element, is_scalar
from loopwright.ir.walk import (
    Body,
    assigned,
    map_bodies,
    map_children,
    map_exprs_of,
    targets,
    vars_of,
    walk_stmts,
)

Index = tuple[IndexItem, ...]


def prepare(loop: For, handed_on: frozenset[Sym]) -> For:
    """The same loop; every statement of it is an object of its own. `handed_on` are variables that are
    read after the loop or by the next iteration."""
    body = _merged(_continued(loop.body))
    body = _without_rows(replace(loop, body=body), handed_on)
    return replace(loop, body=_unshared(body))


def _unshared(body: Body) -> Body:
    return tuple(map_bodies(replace(s), _unshared) for s in body)


# ------------------------------------------------------------------ continue


def _continued(body: Body) -> Body:
    """`if c: ...; continue` and what follows become the two branches."""
    out: list[Stmt] = []
    for k, stmt in enumerate(body):
        match stmt:
            case Continue():
                return tuple(out)
            case If(cond, then, orelse, span) if then and isinstance(then[-1], Continue):
                rest = _continued((*orelse, *body[k + 1 :]))
                first = _continued(then)
                if not first:
                    negated = Unary("not", cond, BOOL)
                    if cond.type != BOOL:
                        negated = Unary("not", cond, cond.type)
                    out.append(If(negated, rest, (), span))
                else:
                    out.append(If(cond, first, rest, span))
                return tuple(out)
            case _:
                out.append(stmt)
    return tuple(out)


# ------------------------------------------------------------------- branches


def _merged(body: Body) -> Body:
    """A branch that sets one place either way becomes a conditional value."""
    return tuple(_merge(map_bodies(s, _merged)) for s in body)


def _merge(stmt: Stmt) -> Stmt:
    match stmt:
        case If(cond, (Assign(x, a, _),), (Assign(y, b, _),), span) if x is y and _alike(a, b):
            return Assign(x, Select(cond, a, b, a.type), span)
        case If(cond, (Store(x, i, a, _),), (Store(y, j, b, _),), span) if x is y and i == j:
            a, b = _double(a, b.type), _double(b, a.type)
            return Store(x, i, Select(cond, a, b, a.type), span) if _alike(a, b) else stmt
        case _:
            return stmt


def _double(e: Expr, other: Type) -> Expr:
    """A float constant beside a float64 is stored as that would be."""
    if isinstance(e, Const) and isinstance(e.value, float) and other == F64:
        return Const(e.value, F64)
    return e


def _alike(a: Expr, b: Expr) -> bool:
    return a.type == b.type and is_scalar(a.type)


# ----------------------------------------------------------------------- rows


def _without_rows(loop: For, handed_on: frozenset[Sym]) -> Body:
    """`row = X[i]` stays, for its bounds, but its uses become uses of X."""
    body = loop.body
    changed = assigned(body)
    for stmt in body:
        match stmt:
            case Assign(row, Load(Var(x), index, _), _) if isinstance(row.type, (Array, ListOf)):
                free = x not in changed and not (_vars(index) - {loop.sym}) & changed
                once = sum(row in targets(s) for s in walk_stmts(body)) == 1
                if free and once and row not in handed_on and all(map(_composable, index)):
                    body = _substituted(body, row, x, index)
    return body


def _composable(item: IndexItem) -> bool:
    return isinstance(item, Pt) or item == Slc()


def _vars(index: Index) -> set[Sym]:
    return {v for item in index if isinstance(item, Pt) for v in vars_of(item.at)}


def compose(outer: Index, inner: Index) -> Index:
    """The index into X of `X[outer][inner]`."""
    rest = list(inner)
    out: list[IndexItem] = []
    for item in outer:
        if isinstance(item, Pt):
            out.append(item)
            continue
        while rest and not isinstance(rest[0], (Pt, Slc)):
            out.append(rest.pop(0))
        out.append(rest.pop(0) if rest else Slc())
    return (*out, *rest)


def _substituted(body: Body, row: Sym, x: Sym, index: Index) -> Body:
    """`body` with the row replaced by `x[index]` wherever it is used, not where it is bound."""
    axes = [k for k, item in enumerate(index) if not isinstance(item, Pt)]

    def expr(e: Expr) -> Expr:
        match e:
            case Load(Var(s), inner, t) if s is row:
                new = tuple(_mapped(i) for i in inner)
                place = compose(index, new)
                if not isinstance(t, (Array, ListOf)):
                    t = element(x.type)
                elif isinstance(t, Array):
                    t = Array(t.dtype, t.ndim, "A")
                return Load(Var(x), place, t)
            case Dim(Var(s), axis, t) if s is row:
                return Dim(Var(x), axes[axis], t)
            case Var(s) if s is row:
                t = row.type
                return Load(
                    Var(x), index, Array(t.dtype, t.ndim, "A") if isinstance(t, Array) else t
                )
            case _:
                return map_children(e, expr)

    def _mapped(item: IndexItem) -> IndexItem:
        match item:
            case Pt(at):
                return Pt(expr(at))
            case Slc(lo, hi, step):
                return Slc(*(None if p is None else expr(p) for p in (lo, hi, step)))
            case _:
                return item

    def one(stmt: Stmt) -> Stmt:
        if isinstance(stmt, Assign) and stmt.sym is row:
            return stmt
        stmt = map_bodies(map_exprs_of(stmt, expr), lambda b: tuple(map(one, b)))
        if isinstance(stmt, Store) and stmt.x is row:
            return replace(stmt, x=x, index=compose(index, stmt.index))
        return stmt

    return tuple(map(one, body))
