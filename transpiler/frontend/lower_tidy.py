"""Tidying after lowering: markers (tags of types, flags of assignment).

Those that nothing reads go away. One that a loop sets to a constant in each iteration is set behind the
loop instead, so that the loop itself is free of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loopwright.frontend.lower_values import test
from loopwright.ir.nodes import (
    Append,
    Assign,
    Binary,
    Break,
    Compare,
    Const,
    Continue,
    Dim,
    Expr,
    For,
    If,
    Invoke,
    Logic,
    Return,
    Stmt,
    Store,
    Sym,
    Unary,
    Var,
)
from loopwright.ir.types import Array, is_scalar
from loopwright.ir.walk import (
    Body,
    assigned,
    bodies,
    exprs_of,
    map_stmts,
    used,
    vars_of,
    walk_stmts,
)


def tidy(body: Sequence[Stmt], markers: set[Sym], params: set[Sym]) -> Body:
    """The statements with fewer assignments to markers, of which parameters are none."""
    done = tuple(body)
    markers = markers - params
    while True:
        unread = markers - _read(done, params)
        smaller = map_stmts(done, lambda s, unread=unread: _keep(s, unread))  # type: ignore[misc]
        if smaller == done:
            break
        done = smaller
    return map_stmts(done, lambda s: _sunk(s, markers))


def _read(body: Body, params: set[Sym]) -> set[Sym]:
    """Variables that something reads, perhaps by another name of the same list; the caller may, too."""
    read = set(params)
    groups: list[set[Sym]] = []
    for stmt in walk_stmts(body):
        needed = {sym for expr in exprs_of(stmt) for sym in vars_of(expr)}
        if isinstance(stmt, Assign) and _is_shared(stmt.sym):
            groups.append({stmt.sym, *filter(_is_shared, needed)})
            needed -= groups[-1]
        elif isinstance(stmt, Invoke):
            needed |= set(filter(_is_shared, stmt.targets))
        read |= needed
    while more := {sym for group in groups if group & read for sym in group} - read:
        read |= more
    return read


def _is_shared(sym: Sym) -> bool:
    """Whether what the variable holds may be known by other names, too."""
    return not is_scalar(sym.type)


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


# --------------------------------------------------------------------- sinking


def _sunk(stmt: Stmt, markers: set[Sym]) -> Iterable[Stmt]:
    """A `for` loop followed by the constants that each of its iterations gives to markers."""
    if (
        not isinstance(stmt, For)
        or stmt.orelse
        or not isinstance(stmt.step, Const)
        or _leaves(stmt.body)
    ):
        return (stmt,)
    bound = assigned(stmt.body) | {stmt.sym}
    if not (_invariant(stmt.lo, bound) and _invariant(stmt.hi, bound)):
        return (stmt,)
    kept: list[Stmt] = []
    moved: list[Stmt] = []
    for k, inner in enumerate(stmt.body):
        marker = _constant_marker(inner, markers, bound)
        rest = (*stmt.body[:k], *stmt.body[k + 1 :])
        if marker is None or marker in assigned(rest) | used(rest):
            kept.append(inner)
        else:
            moved.append(inner)
    if not moved:
        return (stmt,)
    step = stmt.step.value
    runs = test("lt" if isinstance(step, int) and step > 0 else "gt", stmt.lo, stmt.hi)
    loop = For(stmt.sym, stmt.lo, stmt.hi, stmt.step, tuple(kept), (), stmt.span, stmt.parallel)
    return loop, If(runs, tuple(moved), (), stmt.span)


def _constant_marker(stmt: Stmt, markers: set[Sym], bound: set[Sym]) -> Sym | None:
    """The marker that a statement sets to a constant, perhaps under a condition that never changes."""
    match stmt:
        case Assign(sym, Const(), _) if sym in markers:
            return sym
        case If(cond, (inner,), (), _) if _invariant(cond, bound):
            return _constant_marker(inner, markers, bound)
        case _:
            return None


def _invariant(expr: Expr, bound: set[Sym]) -> bool:
    """Whether an integer expression or comparison keeps its value while `bound` are assigned."""
    match expr:
        case Var(sym):
            return sym not in bound
        case Const():
            return True
        case Dim(Var(sym), _, _):
            return sym not in bound and isinstance(sym.type, Array)
        case Binary("add" | "sub", a, b, _) | Compare(_, a, b, _):
            return _invariant(a, bound) and _invariant(b, bound)
        case _:
            return False


def _leaves(body: Body) -> bool:
    """Whether an iteration may end before its last statement, other than by failing."""
    for stmt in body:
        if isinstance(stmt, (Break, Continue, Return)):
            return True
        if isinstance(stmt, If) and any(_leaves(b) for b in bodies(stmt)):
            return True
        if any(isinstance(s, Return) for s in walk_stmts((stmt,))):
            return True
    return False
