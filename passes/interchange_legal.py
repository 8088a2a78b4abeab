"""When two loops may change places, when a loop may be cut in two, and when that pays."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import islpy as isl

from loopwright.analysis.depend import lasting, order_kept, separable
from loopwright.analysis.effects import holds_memory
from loopwright.analysis.liveness import carried, flow
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Compare,
    Const,
    Dim,
    Expr,
    For,
    Func,
    If,
    Load,
    Pt,
    Select,
    Stmt,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import B1, BOOL, I64
from loopwright.ir.walk import (
    Body,
    assigned,
    exprs_of,
    subexprs,
    used,
    vars_of,
    walk_stmts,
)

_KNOWN = (Assign, Store, If, For)
_FAR = 8
"""What a step to another row costs, where one along a row costs 1."""

_SMALL = 2**20


def pays(outer: For, inner: For) -> bool:
    """Whether the loop over `outer.sym` is better the inner one."""
    return _cost(inner.body, outer.sym) < _cost(inner.body, inner.sym)


def _cost(body: Body, sym: Sym) -> int:
    """Of one step of the variable, over all different accesses."""
    total = 0
    for index in set(_positions(body)):
        *rows, last = (isinstance(i, Pt) and sym in vars_of(i.at) for i in index)
        total += _FAR if any(rows) else int(last)
    return total


def _positions(body: Body) -> Iterator[tuple[object, ...]]:
    for stmt in walk_stmts(body):
        if isinstance(stmt, Store) and stmt.index:
            yield stmt.index
        for expr in exprs_of(stmt):
            for part in subexprs(expr):
                if isinstance(part, Load) and part.index:
                    yield part.index


# ------------------------------------------------------------------ exchange


def exchanged(func: Func, outer: For, inner: For) -> If | None:
    """`outer`, a loop of `func` with the body `inner`, the other way round; None if that is not legal.

    Where `outer` has no iterations the bounds of `inner` may be any numbers: neither so many iterations
    nor sums with such bounds are part of the original.
    """
    if inner.orelse or any(not isinstance(s, _KNOWN) for s in walk_stmts(inner.body)):
        return None
    if any(isinstance(s, For) for s in walk_stmts(inner.body)):
        return None
    if not (_step_of_one(outer) and _step_of_one(inner)) or _hands_on(func, outer, inner):
        return None
    bounds = _bounds(outer, inner)
    if bounds is None:
        return None
    try:
        kept = order_kept(func, outer, inner)
    except isl.Error:
        return None
    if not kept:
        return None
    (lo, hi), (first, end) = bounds
    new = replace(outer, lo=first, hi=end, body=inner.body)
    truth = BOOL if func.level == "high" else B1
    begins = Compare("lt", outer.lo, outer.hi, truth)
    return If(begins, (replace(inner, lo=lo, hi=hi, body=(new,)),), (), outer.span)


def _step_of_one(loop: For) -> bool:
    return isinstance(loop.step, Const) and loop.step.value == 1


def _hands_on(func: Func, outer: For, inner: For) -> bool:
    """Whether a variable goes from one iteration to another, or out of the loops, or is an array."""
    bound = assigned((outer,))
    handed = flow(func, outer)
    if any(holds_memory(s.type) for s in bound):
        return True
    return bool(bound & (handed.after | handed.carried | (carried(inner) - {outer.sym})))


Range = tuple[Expr, Expr]


def _bounds(outer: For, inner: For) -> tuple[Range, Range] | None:
    """The bounds of the two loops once they have changed places: those of the new outer loop first."""
    if any(not _lasting(e) for e in (outer.lo, outer.hi)):
        return None
    if inner.lo.type != I64 and any(outer.sym in vars_of(e) for e in (inner.lo, inner.hi)):
        return None
    around = assigned(inner.body) | {inner.sym}
    low, high = (_follows(e, outer.sym, around) for e in (inner.lo, inner.hi))
    if any(vars_of(e) & around for e in (outer.lo, outer.hi)):
        return None
    match low, high:
        case 0, 0 if _lasting(inner.lo) and _lasting(inner.hi):
            return (inner.lo, inner.hi), (outer.lo, outer.hi)
        case (int() as c, "above"), 0 if _lasting(inner.hi):
            end = _plus(Var(inner.sym), 1 - c)
            first = _plus(outer.lo, c)
            return (first, inner.hi), (outer.lo, _least(outer.hi, end))
        case 0, (int() as c, "above") if _lasting(inner.lo):
            start = _plus(Var(inner.sym), 1 - c)
            return (inner.lo, _plus(outer.hi, c - 1)), (_greatest(outer.lo, start), outer.hi)
        case _:
            return None


def _follows(e: Expr, sym: Sym, around: set[Sym]) -> tuple[int, str] | int | None:
    """(c, "above") for `sym + c`, 0 for what does not depend on the loops, else None."""
    names = vars_of(e)
    if not names & (around | {sym}):
        return 0
    match e:
        case Var(s) if s is sym:
            return 0, "above"
        case Binary("add", Var(s), Const(int() as c, _)) if s is sym and abs(c) < _SMALL:
            return c, "above"
        case Binary("sub", Var(s), Const(int() as c, _)) if s is sym and abs(c) < _SMALL:
            return -c, "above"
        case _:
            return None


def _lasting(e: Expr) -> bool:
    """Whether the value is small and cannot change in the loops but by a variable."""
    for part in subexprs(e):
        match part:
            case Const() | Var() | Dim() | Binary("add" | "sub" | "mul"):
                pass
            case Binary("floordiv", _, Const(int() as c, _)) if c > 0:
                pass
            case _:
                return False
    return True


def _plus(e: Expr, c: int) -> Expr:
    if c == 0:
        return e
    if isinstance(e, Const) and isinstance(e.value, int):
        return Const(e.value + c, e.type)
    if c < 0:
        return Binary("sub", e, Const(-c, e.type), e.type)
    return Binary("add", e, Const(c, e.type), e.type)


def _least(a: Expr, b: Expr) -> Expr:
    return Select(Compare("lt", a, b, B1), a, b, a.type)


def _greatest(a: Expr, b: Expr) -> Expr:
    return Select(Compare("lt", a, b, B1), b, a, a.type)


# -------------------------------------------------------------------- cuts


def split(func: Func, loop: For) -> tuple[For, ...]:
    """The loop, a statement of `func`'s own block, cut around inner loops that had better be outer ones;
    just the loop where that is not needed or not legal."""
    groups: list[list[Stmt]] = []
    alone = False
    for stmt in loop.body:
        better = isinstance(stmt, For) and pays(loop, stmt)
        if better or alone or not groups:
            groups.append([])
        groups[-1].append(stmt)
        alone = better
    if len(groups) < 2 or all(not _is_better(loop, g) for g in groups):
        return (loop,)
    stmts = walk_stmts(loop.body)
    if any(not isinstance(s, _KNOWN) for s in stmts) or loop.sym in flow(func, loop).after:
        return (loop,)
    at = 0
    for group in groups[:-1]:
        at += len(group)
        if _share(replace(loop, body=loop.body[:at]), replace(loop, body=loop.body[at:])):
            return (loop,)
        try:
            if not separable(func, loop, at):
                return (loop,)
        except isl.Error:
            return (loop,)
    return tuple(replace(loop, body=tuple(group)) for group in groups)


def _is_better(loop: For, group: list[Stmt]) -> bool:
    return len(group) == 1 and isinstance(group[0], For) and pays(loop, group[0])


def _share(first: For, second: For) -> bool:
    """Whether a variable is bound in one of the loops and used in both; each may have loops of its own over
    one variable."""
    own = {s.sym for s in walk_stmts(first.body) if isinstance(s, For)}
    own &= {s.sym for s in walk_stmts(second.body) if isinstance(s, For)}
    own -= carried(first) | carried(second)
    one, two = assigned(first.body) - own, assigned(second.body) - own
    return bool(one & (used(second.body) | two) or two & used(first.body))


def taken_apart(func: Func, outer: For) -> For:
    """`outer`, a loop of `func`, with its one inner loop cut where the statements in front had better run
    along another variable than those behind; as it is where that is not so, or not legal."""
    match outer.body:
        case (For(orelse=()) as inner,):
            pass
        case _:
            return outer
    better = [pays(outer, replace(inner, body=(s,))) for s in inner.body]
    cuts = [at for at in range(1, len(better)) if better[at] != better[at - 1]]
    if not cuts or any(not isinstance(s, _KNOWN) for s in walk_stmts(inner.body)):
        return outer
    if inner.sym in flow(func, outer).after:
        return outer
    for at in cuts:
        if _share(replace(inner, body=inner.body[:at]), replace(inner, body=inner.body[at:])):
            return outer
        try:
            if not separable(func, inner, at):
                return outer
        except isl.Error:
            return outer
    ends = [0, *cuts, len(inner.body)]
    parts = [inner.body[a:b] for a, b in itertools.pairwise(ends)]
    return replace(outer, body=tuple(replace(inner, body=part) for part in parts))


# ------------------------------------------------------------- conditions


def _reaches_all(loop: For) -> bool:
    """Whether each iteration stores at a position of its own: so the length of an array, not only the
    number in the bounds, is the limit of what iterations cost that the condition had kept out."""
    return any(
        isinstance(s, Store)
        and any(isinstance(i, Pt) and loop.sym in vars_of(i.at) for i in s.index)
        for s in loop.body
    )


def with_the_condition_inside(func: Func, loop: For) -> For:
    """`for i: if c: for j: ...` with the condition in the inner loop, if that changes nothing that the
    condition looks at; else the loop as it is."""
    match loop.body:
        case (If(cond, (For(orelse=()) as inner,), (), span) as test,):
            if vars_of(cond) & (assigned(inner.body) | {inner.sym}) or not _reaches_all(inner):
                return loop
            within = replace(inner, body=(If(cond, inner.body, (), span),))
            sunk = replace(loop, body=(within,))
            put = tuple(sunk if s is loop else s for s in func.body)
            try:
                if not lasting(replace(func, body=put), within, test.span):
                    return loop
            except isl.Error:
                return loop
            return sunk
        case _:
            return loop
