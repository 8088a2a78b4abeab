"""Arrays that live within one iteration become scalars."""

from __future__ import annotations

from dataclasses import dataclass, replace

from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Cast,
    Expr,
    For,
    Func,
    IndexItem,
    Load,
    Pt,
    Stmt,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import Array, Num
from loopwright.ir.walk import (
    Body,
    assigned,
    bodies,
    exprs_of,
    map_expr,
    map_exprs,
    map_stmts,
    subexprs,
    symbols,
    targets,
    unused,
    walk_exprs,
    walk_stmts,
)
from loopwright.passes.scalarise_ints import const_of, nonnegative
from loopwright.passes.scalarise_scope import Scope, scope_of


@dataclass(frozen=True, slots=True)
class Contracted:
    """The function and the arrays that became scalars."""

    func: Func
    arrays: tuple[Sym, ...]


def contracted(func: Func) -> Contracted:
    """Replace every array that can be replaced."""
    scope = scope_of(func, {}, False)
    found: dict[Sym, Sym] = {}
    taken = {sym.name for sym in symbols(func)}
    for stmt in walk_stmts(func.body):
        match stmt:
            case Assign(sym, Alloc() as alloc, _) if isinstance(sym.type, Array):
                if _contractible(scope, func, sym, alloc):
                    name = unused(f"{sym.name}_here", taken)
                    taken.add(name)
                    found[sym] = Sym(name, Num(sym.type.dtype))
            case _:
                pass
    if not found:
        return Contracted(func, ())
    return Contracted(replace(func, body=_replaced(func.body, found)), tuple(found))


def _contractible(scope: Scope, func: Func, sym: Sym, alloc: Alloc) -> bool:
    if sum(sym in targets(s) for s in walk_stmts(func.body)) != 1:
        return False
    if not all(scope.nonnegative(d) for d in alloc.shape):
        return False
    uses = sum(isinstance(e, Var) and e.sym is sym for e in walk_exprs(func.body))
    loads = [e for e in walk_exprs(func.body) if isinstance(e, Load) and e.x == Var(sym)]
    stores = [s for s in walk_stmts(func.body) if isinstance(s, Store) and s.x is sym]
    if not stores or uses != len(loads):
        return False
    index = stores[0].index
    if any(e.index != index for e in loads) or any(s.index != index for s in stores):
        return False
    home = _home(func.body, stores[0], ())
    if home is None:
        return False
    loops, block, at = home
    return _whole(scope, loops, index, alloc) and _first(block, at, sym, len(loads) + len(stores))


Home = tuple[tuple[For, ...], Body, int]


def _home(body: Body, target: Stmt, loops: tuple[For, ...]) -> Home | None:
    """The loops around the statement, its block, and its place in the block."""
    for k, stmt in enumerate(body):
        if stmt is target:
            return loops, body, k
        inner = (*loops, stmt) if isinstance(stmt, For) else loops
        for block in bodies(stmt):
            found = _home(block, target, inner)
            if found is not None:
                return found
    return None


def _whole(
    scope: Scope, loops: tuple[For, ...], index: tuple[IndexItem, ...], alloc: Alloc
) -> bool:
    """True if every position is a variable of a loop that stays within the axis."""
    for item, length in zip(index, alloc.shape, strict=True):
        if not isinstance(item, Pt):
            return False
        if const_of(item.at) == 0 and const_of(length) == 1:
            continue
        loop = next((x for x in loops if item.at == Var(x.sym)), None)
        if loop is None or loop.sym in assigned(loop.body) or (const_of(loop.step) or 0) <= 0:
            return False
        if not nonnegative(loop.lo, lambda _: False) or not scope.equal(loop.hi, length):
            return False
    return True


def _first(block: Body, at: int, sym: Sym, total: int) -> bool:
    """True if all accesses are in the block and the store at `at` is the first one."""
    seen = 0
    for k, stmt in enumerate(block):
        here = _count((stmt,), sym)
        if k < at and here:
            return False
        if k == at and any(_reads(e, sym) for e in exprs_of(stmt)):
            return False
        seen += here
    return seen == total


def _reads(expr: Expr, sym: Sym) -> bool:
    return any(isinstance(e, Var) and e.sym is sym for e in subexprs(expr))


def _count(body: Body, sym: Sym) -> int:
    loads = sum(isinstance(e, Load) and e.x == Var(sym) for e in walk_exprs(body))
    return loads + sum(isinstance(s, Store) and s.x is sym for s in walk_stmts(body))


def _replaced(body: Body, to: dict[Sym, Sym]) -> Body:
    def load(expr: Expr) -> Expr:
        match expr:
            case Load(Var(sym), _, _) if sym in to:
                return Var(to[sym])
            case _:
                return expr

    def store(stmt: Stmt) -> tuple[Stmt, ...]:
        match stmt:
            case Store(x, _, value, span) if x in to:
                scalar = to[x]
                same = value.type == scalar.type
                return (Assign(scalar, value if same else Cast(value, scalar.type), span),)
            case Assign(sym, _, _) if sym in to:
                return ()
            case _:
                return (stmt,)

    return map_stmts(map_exprs(body, lambda e: map_expr(e, load)), store)
