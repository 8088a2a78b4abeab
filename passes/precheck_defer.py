"""When all iterations of a loop may be tested before one test is acted on.

Two things must not depend on the tests: that the positions of what is left are in bounds, and that the loop
comes to an end soon. Where the original raises in its third iteration the other 10**12 are never begun.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from loopwright.analysis.effects import holds_memory
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Check,
    Const,
    Dim,
    Expr,
    Fail,
    For,
    Func,
    If,
    Load,
    Logic,
    Pt,
    Select,
    Stmt,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import kind_of, machine_dtype
from loopwright.ir.walk import (
    Body,
    children,
    exprs_of,
    index_exprs,
    subexprs,
    targets,
    vars_of,
    walk_exprs,
    walk_stmts,
)

Root = Sym | tuple[str, Sym] | str
"""A number, the elements or the length of an array; `lengths`: that some array has elements; `any length`:
whatever lengths have to do with each other."""

Made = Mapping[Sym, list[Expr | None]]


def deferrable(func: Func, loop: For, inspector: For) -> bool:
    """Whether the tests of `loop`, which `inspector` makes alone, may be acted on behind it."""
    if any(_may_trap(e) for e in walk_exprs(inspector.body)):
        return False
    made = _definitions(func.body)
    tested = _tested(inspector.body, made)
    if tested & _placed(inspector, made):
        return False
    whole = {s.sym: s for s in walk_stmts((loop,)) if isinstance(s, For)}
    return all(
        _ends_soon(whole[s.sym], tested, made)
        for s in walk_stmts((inspector,))
        if isinstance(s, For)
    )


def _may_trap(e: Expr) -> bool:
    """A whole division by what may be zero stops the process."""
    if not isinstance(e, Binary) or e.op not in ("floordiv", "mod"):
        return False
    return kind_of(machine_dtype(e.type)) in "iu" and not (isinstance(e.b, Const) and e.b.value)


def _definitions(body: Body) -> Made:
    """What each variable is made of, statement by statement; None is anything."""
    made: dict[Sym, list[Expr | None]] = {}
    for stmt in walk_stmts(body):
        for sym in targets(stmt):
            match stmt:
                case Assign():
                    found: list[Expr | None] = [stmt.value]
                case For():
                    found = [stmt.lo, stmt.hi]
                case _:
                    found = [None]
            made.setdefault(sym, []).extend(found)
    return made


def _roots(exprs: Iterable[Expr], made: Made) -> set[Root]:
    """What the values depend on, through assignments; what comes out of memory is one of its own."""
    found: set[Root] = set()
    todo = list(exprs)
    while todo:
        e = todo.pop()
        match e:
            case Load():
                found |= {("elements", s) for s in vars_of(e.x) if holds_memory(s.type)}
            case Dim():
                found |= {("length", s) for s in vars_of(e.x) if holds_memory(s.type)}
            case Var(sym) if sym not in found:
                found.add(sym)
                todo += [d for d in made.get(sym, []) if d is not None]
            case Var():
                pass
            case _:
                todo += children(e)
    return found


def _tests(stmt: Stmt) -> bool:
    return any(isinstance(s, (Check, Fail)) for s in walk_stmts((stmt,)))


def _lengths(roots: set[Root]) -> bool:
    return any(isinstance(r, tuple) and r[0] == "length" for r in roots)


def _tested(body: Body, made: Made) -> set[Root]:
    """What the tests, and the conditions around them, tell something about."""
    found: set[Root] = set()
    for stmt in walk_stmts(body):
        match stmt:
            case Check(cond):
                roots = _roots([cond], made)
                free = any(isinstance(r, Sym) for r in roots)
            case If(cond) if _tests(stmt):
                roots, free = _roots([cond], made), False
            case _:
                continue
        if _lengths(roots):
            roots |= {"lengths"} if free else {"lengths", "any length"}
        found |= roots
    return found


def _placed(loop: For, made: Made) -> set[Root]:
    """What the positions of all loads depend on to be in bounds."""
    found: set[Root] = set()
    for expr in walk_exprs((loop,)):
        for part in subexprs(expr):
            if isinstance(part, Load):
                roots = _roots(index_exprs(part.index), made)
                if not any(isinstance(r, Sym) for r in roots):
                    found.add("lengths")
                arrays = {s for s in vars_of(part.x) if holds_memory(s.type)}
                found |= roots | {("length", s) for s in arrays} | {"any length"}
    return found


# ------------------------------------------------------------ ends


def _ends_soon(loop: For, tested: set[Root], made: Made) -> bool:
    """Whether lengths limit the iterations: by the bounds, or by an access in each of them that the tests
    have nothing to do with."""
    if not isinstance(loop.step, Const):
        return False
    if _limited(loop.lo, made, frozenset()) and _limited(loop.hi, made, frozenset()):
        return True
    if loop.sym in tested or "any length" in tested:
        return False
    return any(
        isinstance(item, Pt) and _follows(item.at, loop.sym, made)
        for index in _always(loop.body, loop.sym, made)
        for item in index
    )


def _limited(e: Expr, made: Made, seen: frozenset[Sym]) -> bool:
    """Whether the number is no greater than lengths, or sums of them, are."""
    match e:
        case Const() | Dim():
            return True
        case Var(sym) if sym not in seen and not holds_memory(sym.type):
            parts = made.get(sym, [None])
            return all(p is not None and _limited(p, made, seen | {sym}) for p in parts)
        case Binary("add" | "sub" | "minimum" | "maximum", a, b):
            return _limited(a, made, seen) and _limited(b, made, seen)
        case Binary("floordiv" | "mod", a, Const()):
            return _limited(a, made, seen)
        case Binary("mul", a, b) if isinstance(a, Const) or isinstance(b, Const):
            return _limited(a, made, seen) and _limited(b, made, seen)
        case Select(_, a, b):
            return _limited(a, made, seen) and _limited(b, made, seen)
        case _:
            return False


def _follows(e: Expr, sym: Sym, made: Made) -> bool:
    """Whether other values of `sym` make other positions, so that there are no more than positions."""
    match e:
        case Var(s):
            return s is sym
        case Binary("add" | "sub", a, b):
            return (_follows(a, sym, made) and _limited(b, made, frozenset({sym}))) or (
                _follows(b, sym, made) and _limited(a, made, frozenset({sym}))
            )
        case Binary("mul", a, b):
            return (_follows(a, sym, made) and isinstance(b, Const) and bool(b.value)) or (
                _follows(b, sym, made) and isinstance(a, Const) and bool(a.value)
            )
        case _:
            return False


def _always(body: Body, sym: Sym, made: Made) -> Iterator[tuple[object, ...]]:
    """The positions of accesses that each iteration makes; those of a loop
    inside if all tests are there, and it has as many iterations each time."""
    testing = [s for s in body if _tests(s)]
    for stmt in body:
        if isinstance(stmt, Store):
            yield stmt.index
        for e in exprs_of(stmt):
            yield from _loads(e)
        if isinstance(stmt, For) and testing == [stmt]:
            if sym not in _roots((stmt.lo, stmt.hi), made):
                yield from _always(stmt.body, sym, made)


def _loads(e: Expr) -> Iterator[tuple[object, ...]]:
    if isinstance(e, Load):
        yield e.index
    parts = [e.cond] if isinstance(e, Select) else [e.a] if isinstance(e, Logic) else children(e)
    for part in parts:
        yield from _loads(part)
