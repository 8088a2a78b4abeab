"""How many elements a list that grows can get, and which names it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from loopwright.ir.nodes import (
    Append,
    Assign,
    Binary,
    Break,
    Call,
    Cast,
    Const,
    Continue,
    Dim,
    Expr,
    For,
    Func,
    If,
    Stmt,
    Sym,
    Unary,
    Var,
    While,
)
from loopwright.ir.types import INT, ListOf
from loopwright.ir.walk import (
    Body,
    assigned,
    bodies,
    children,
    exprs_of,
    map_stmts,
    rename,
    targets,
    used,
    vars_of,
    walk_stmts,
)
from loopwright.passes.scalarise_ints import (
    ONE,
    ZERO,
    as_int,
    clipped,
    const_of,
    integer,
    minus,
    plus,
    times,
)


def one_name(func: Func) -> Func:
    """The function with `y = x` dropped, and `y` called `x`, where `y` has no other meaning: it is bound
    only there, used only behind in the same block, and `x` is not bound anew there."""
    while (found := next(_second_names(func), None)) is not None:
        at, old = found
        body = _without(func.body, at)
        func = replace(func, body=rename(body, {at.sym: old}))
    return func


def _without(body: Body, at: Assign) -> Body:
    """The block without the only statement that binds the symbol of `at`."""
    return map_stmts(body, lambda s: () if isinstance(s, Assign) and s.sym is at.sym else (s,))


def _second_names(func: Func) -> Iterator[tuple[Assign, Sym]]:
    for stmt in walk_stmts(func.body):
        match stmt:
            case Assign(sym, Var(old), _) if isinstance(sym.type, ListOf) and sym.type == old.type:
                rest = _behind(func.body, stmt)
                if rest is None or old in func.params or old in assigned(rest):
                    continue
                bindings = sum(sym in targets(s) for s in walk_stmts(func.body))
                if bindings == 1 and _mentions(func.body, sym) == _mentions(rest, sym) + 1:
                    yield stmt, old
            case _:
                pass


def handed_over(func: Func) -> dict[Assign, Sym]:
    """The statements `y = x` behind which nothing mentions `x`: the list changes its name."""
    found: dict[Assign, Sym] = {}
    for stmt in walk_stmts(func.body):
        match stmt:
            case Assign(_, Var(old), _) if isinstance(old.type, ListOf) and old not in func.params:
                here = _up_to(func.body, stmt)
                if here is not None and _mentions(here, old) == _mentions(func.body, old):
                    if any(isinstance(s, Assign) and s.sym is old for s in here):
                        found[stmt] = old
            case _:
                pass
    return found


def _up_to(body: Body, at: Stmt) -> Body | None:
    """The statements up to `at`, included, of its block."""
    for k, stmt in enumerate(body):
        if stmt is at:
            return body[: k + 1]
        for inner in bodies(stmt):
            found = _up_to(inner, at)
            if found is not None:
                return found
    return None


def _mentions(body: Body, sym: Sym) -> int:
    """How many statements use or bind the symbol."""
    return sum(
        sym in used((s,)) or sym in targets(s) for s in walk_stmts(body) if not bodies(s)
    ) + sum(sym in _heads(s) for s in walk_stmts(body) if bodies(s))


def _heads(stmt: Stmt) -> set[Sym]:
    return {s for e in exprs_of(stmt) for s in vars_of(e)} | set(targets(stmt))


def bound(func: Func, sym: Sym, at: Assign) -> Expr | None:
    """The most elements that can be appended to the list created at `at`; None if not known."""
    creations = [s for s in walk_stmts(func.body) if sym in targets(s)]
    if creations != [at]:
        return None
    rest = _behind(func.body, at)
    if rest is None:
        return None
    total: Expr = ZERO
    changed = assigned(rest)
    for loops, conditional, _ in _appends(rest, sym):
        trips: Expr = ONE
        for loop in loops:
            count = _trips(loop, changed)
            if count is None:
                return None
            trips = times(trips, count)
        if conditional and len(loops) > 1:
            return None
        total = plus(total, trips)
    inside = sum(isinstance(s, Append) and s.x is sym for s in walk_stmts(func.body))
    return total if inside == sum(1 for _ in _appends(rest, sym)) else None


def _behind(body: Body, at: Stmt) -> Body | None:
    """The statements behind `at` in its block."""
    for k, stmt in enumerate(body):
        if stmt is at:
            return body[k + 1 :]
        for inner in bodies(stmt):
            found = _behind(inner, at)
            if found is not None:
                return found
    return None


Place = tuple[tuple[Stmt, ...], bool, Append]


def _appends(body: Body, sym: Sym) -> Iterator[Place]:
    """Each append to the list: the loops around it, and whether it may be skipped in them."""
    for stmt in body:
        match stmt:
            case Append(x, _, _) if x is sym:
                yield (), False, stmt
            case For() | While():
                leaves = any(isinstance(s, (Break, Continue)) for s in walk_stmts(stmt.body))
                for loops, conditional, found in _appends(stmt.body, sym):
                    yield (stmt, *loops), conditional or leaves, found
                yield from _appends(stmt.orelse, sym)
            case If(_, then, orelse, _):
                for loops, _, found in (*_appends(then, sym), *_appends(orelse, sym)):
                    yield loops, True, found
            case _:
                pass


def _trips(loop: Stmt, changed: set[Sym]) -> Expr | None:
    """The trip count of a loop whose bounds use only what `changed` does not hold."""
    if not isinstance(loop, For):
        return None
    by = const_of(loop.step)
    if by is None or not all(_settled(e, changed) for e in (loop.lo, loop.hi)):
        return None
    lo, hi = (as_int(loop.lo), as_int(loop.hi)) if by > 0 else (as_int(loop.hi), as_int(loop.lo))
    span = minus(hi, lo)
    if abs(by) != 1:
        span = Binary("floordiv", plus(span, integer(abs(by) - 1)), integer(abs(by)), INT)
    return clipped(span, lambda _: False)


def _settled(expr: Expr, changed: set[Sym]) -> bool:
    match expr:
        case Const():
            return True
        case Var(sym):
            return sym not in changed
        case Dim(Var(sym), _, _):
            return sym not in changed and not isinstance(sym.type, ListOf)
        case Binary("add" | "sub" | "mul", _, _, _) | Unary("neg", _, _) | Cast():
            return all(_settled(e, changed) for e in children(expr))
        case Call("min2" | "max2", args, _):
            return all(_settled(e, changed) for e in args)
        case _:
            return False
