"""Which part of a loop its tests are computed from, and whether that may run before the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from loopwright.analysis.depend import dependences
from loopwright.analysis.depend import refusal as carried
from loopwright.analysis.effects import Storage, Storages, Summaries, holds_memory
from loopwright.diagnostics import Declined
from loopwright.ir.nodes import (
    Assign,
    Call,
    Check,
    Fail,
    For,
    Func,
    If,
    Load,
    Stmt,
    Store,
    Sym,
)
from loopwright.ir.walk import (
    Body,
    bodies,
    exprs_of,
    map_stmts,
    subexprs,
    vars_of,
    walk_exprs,
    walk_stmts,
)

_CHEAP = frozenset({
    "abs", "np.logical_not", "lw.add_ok", "lw.sub_ok",
    *(f"{library}.{name}" for library in ("math", "np") for name in ("isfinite", "isinf", "isnan")),
})  # fmt: skip
"""Functions that an instruction or two compute."""

_KNOWN = (Assign, Store, If, For, Check, Fail)


def slice_of(loop: For) -> Body:
    """The statements of the body that decide how its tests come out."""
    needed: set[Sym] = set()
    while True:
        kept = tuple(_kept(loop.body, needed))
        more = {s for stmt in walk_stmts(kept) for e in exprs_of(stmt) for s in vars_of(e)}
        if more <= needed:
            return kept
        needed |= more


def _kept(body: Body, needed: set[Sym]) -> Iterator[Stmt]:
    for stmt in body:
        match stmt:
            case Assign(sym) if sym in needed:
                yield stmt
            case Check() | Fail():
                yield stmt
            case If(cond, then, orelse, span):
                inner = tuple(_kept(then, needed)), tuple(_kept(orelse, needed))
                if inner != ((), ()):
                    yield If(cond, *inner, span)
            case For():
                part = tuple(_kept(stmt.body, needed))
                if part or stmt.sym in needed:
                    yield For(stmt.sym, stmt.lo, stmt.hi, stmt.step, part, (), stmt.span)
            case _:
                pass


def refusal(
    func: Func, loop: For, kept: Body, memory: Storages, summaries: Summaries
) -> Declined | None:
    """Why the tests of `loop` stay where they are; None if `kept` may run first."""
    stmts = (loop, *walk_stmts(loop.body))
    for stmt in stmts:
        if not isinstance(stmt, _KNOWN) or (isinstance(stmt, For) and stmt.orelse):
            why = f"the loop over `{loop.sym.name}` may end early, draws or calls"
            return Declined(stmt.span, "LW207", why)
        if isinstance(stmt, Assign) and holds_memory(stmt.sym.type):
            why = f"`{stmt.sym.name}` is made in the loop over `{loop.sym.name}`"
            return Declined(stmt.span, "LW204", why)
    written = _storages(memory, (s.x for s in stmts if isinstance(s, Store)))
    touched = [e for e in walk_exprs(kept) if isinstance(e, Load) and memory.of(e.x) & written]
    if not touched:
        return None
    if any(isinstance(s, For) for s in stmts[1:]) or _stores_first(loop.body, kept, memory):
        return Declined(loop.span, "LW203", "an iteration changes what its own tests look at")
    names = _storages(memory, (s for e in touched for s in vars_of(e.x)))
    for each in dependences(func, loop, summaries):
        if each.kind == "flow" and memory.of(each.sink.symbol) & names:
            return carried(loop, each)
    return None


def _storages(memory: Storages, syms: Iterator[Sym]) -> frozenset[Storage]:
    return frozenset[Storage]().union(*(memory.of(s) for s in syms))


def pays(loop: For, kept: Body) -> bool:
    """Whether tests of their own are worth what they cost."""
    tested, stored = _depth(kept, (Check, Fail)), _depth(loop.body, (Store,))
    counted = (s for s in walk_stmts(kept) if isinstance(s, If))
    if any(isinstance(s, Assign) for test in counted for s in walk_stmts((test,))):
        return False  # what is counted under a condition costs as much as the loop itself
    calls = {e.fn for e in walk_exprs(kept) if isinstance(e, Call)}
    return stored >= tested and calls <= _CHEAP


def _depth(body: Body, kinds: tuple[type, ...], depth: int = 0) -> int:
    """How many loops are around the innermost statement of one of the kinds; -1 if there is none."""
    found = -1
    for stmt in body:
        if isinstance(stmt, kinds):
            found = max(found, depth)
        inner = depth + isinstance(stmt, For)
        found = max([found, *(_depth(b, kinds, inner) for b in bodies(stmt))])
    return found


def _stores_first(body: Body, kept: Body, memory: Storages) -> bool:
    """Whether a store may come before a kept statement of the same iteration that reads there."""
    held = set(map(id, walk_stmts(kept)))
    changed: frozenset[Storage] = frozenset()
    for stmt in walk_stmts(body):
        if isinstance(stmt, Store):
            changed |= memory.of(stmt.x)
        elif id(stmt) in held or isinstance(stmt, If):
            for part in (e for top in exprs_of(stmt) for e in subexprs(top)):
                if isinstance(part, Load) and memory.of(part.x) & changed:
                    return True
    return False


def without_unused(loop: For, needed: set[Sym]) -> For:
    """The loop without what computes neither a variable of `needed` nor what it does else."""

    def keep(stmt: Stmt, wanted: frozenset[Sym]) -> tuple[Stmt, ...]:
        return () if isinstance(stmt, Assign) and stmt.sym not in wanted else (stmt,)

    while True:
        read = {s for stmt in walk_stmts((loop,)) for e in exprs_of(stmt) for s in vars_of(e)}
        wanted = frozenset(read | needed)
        shorter = replace(loop, body=map_stmts(loop.body, partial(keep, wanted=wanted)))
        if shorter == loop:
            return loop
        loop = shorter
