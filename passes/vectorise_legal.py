"""May a loop be distributed: all iterations of its first statement, then all of the second, ...?

It may if any two accesses of one element, one of them a write, keep their order. Accesses are compared by
their indices: positions `c*i + r` with one `c` and a constant difference of `r` meet at one known
distance. What that test does not understand is left to the exact one of `analysis.depend`.

Source: J. R. Allen and K. Kennedy, "Automatic translation of FORTRAN programs to vector form", TOPLAS
1987, for distribution; the strong SIV test is theirs as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import islpy as isl

from loopwright.analysis.depend import dependences
from loopwright.analysis.effects import Storages, Summaries, holds_memory
from loopwright.diagnostics import Declined, Span
from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Cast,
    Compare,
    Const,
    Dim,
    Expr,
    Fancy,
    For,
    Func,
    IndexItem,
    Load,
    NewAxis,
    Pt,
    Stmt,
    Store,
    Sym,
    Transpose,
    Unary,
    Var,
)
from loopwright.ir.types import INT, Array
from loopwright.ir.walk import bodies, children, exprs_of, index_exprs, walk_stmts
from loopwright.passes.vectorise_linear import Limits, Linear, linear, nonnegative, sub

Index = tuple[IndexItem, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """`index` is None if the whole array may be meant. `order` is the number of the statement."""

    sym: Sym
    index: Index | None
    write: bool
    order: int
    span: Span


@dataclass(frozen=True, slots=True)
class Scene:
    """A loop in its function. `changed` are the variables that its body binds."""

    func: Func
    loop: For
    memory: Storages
    summaries: Summaries
    changed: frozenset[Sym]
    private: frozenset[Sym]
    limits: Limits


def accesses(body: tuple[Stmt, ...]) -> list[Access]:
    """All accesses of memory, statements numbered in order of the text."""
    found: list[Access] = []
    for order, stmt in enumerate(walk_stmts(body)):
        for e in exprs_of(stmt):
            found.extend(Access(s, i, False, order, stmt.span) for s, i in _reads(e))
        if isinstance(stmt, Store):
            found.append(Access(stmt.x, stmt.index, True, order, stmt.span))
    return found


def _reads(e: Expr) -> Iterator[tuple[Sym, Index | None]]:
    match e:
        case Load(Var(sym), index, _):
            yield sym, index
            for part in index_exprs(index):
                yield from _reads(part)
        case Var(sym) if holds_memory(sym.type):
            yield sym, None
        case Dim(x):
            yield from _length_reads(x)
        case _:
            for part in children(e):
                yield from _reads(part)


def _length_reads(x: Expr) -> Iterator[tuple[Sym, Index | None]]:
    """What the lengths of an array depend on: the elements of a mask, of bounds, of what picks."""
    match x:
        case Var():
            return
        case Load(inner, index, _):
            yield from _length_reads(inner)
            for part in index_exprs(index):
                yield from _reads(part)
        case Transpose(inner) | Cast(inner) | Unary(_, inner):
            yield from _length_reads(inner)
        case Binary(_, a, b) | Compare(_, a, b):
            for part in (a, b):
                yield from _length_reads(part) if isinstance(part.type, Array) else _reads(part)
        case _:
            yield from _reads(x)


def private_arrays(
    loop: For, memory: Storages, handed_on: frozenset[Sym], params: Iterable[Sym]
) -> frozenset[Sym]:
    """Arrays that each iteration makes anew and that nothing else refers to."""
    made = {
        s.sym
        for s in walk_stmts(loop.body)
        if isinstance(s, Assign) and isinstance(s.value, Alloc) and s.sym not in handed_on
    }
    others = [s for s in memory.by_symbol if s not in made]
    kept: set[Sym] = set()
    for sym in made - set(params):
        own = memory.of(sym)
        rest = [*others, *(m for m in made if m is not sym)]
        if own and not any(own & memory.of(o) for o in rest):
            kept.add(sym)
    return frozenset(kept)


def refusal(scene: Scene, skip: frozenset[int] = frozenset()) -> Declined | None:
    """Why the loop must not be distributed. `skip` are statements whose write is a reduction; nothing
    else may touch what they write."""
    found = accesses(scene.loop.body)
    writes = [a for a in found if a.write and a.sym not in scene.private]
    nested = any(block for s in scene.loop.body for block in bodies(s) if isinstance(s, For))
    first: Declined | None = None
    for w in writes:
        for a in found:
            if a is w and w.order in skip:
                continue
            if w.order in skip and a.order == w.order:
                continue  # the accumulator itself
            if a.write and (a.order > w.order or a.sym in scene.private):
                continue  # seen from the other side
            why = _conflict(scene, a, w, nested)
            if why is None:
                continue
            if why.code == "LW203":
                return why
            first = first or why
    if first is not None and not skip and _proved_free(scene):
        return None
    return first


def _proved_free(scene: Scene) -> bool:
    try:
        return not dependences(scene.func, scene.loop, scene.summaries)
    except (isl.Error, ValueError):
        return False


def _conflict(scene: Scene, a: Access, w: Access, nested: bool) -> Declined | None:
    ours, theirs = scene.memory.of(w.sym), scene.memory.of(a.sym)
    if a.sym is not w.sym and ours and theirs and not ours & theirs:
        return None
    unknown = Declined(
        a.span, "LW204", f"may touch elements of `{w.sym.name}` that another iteration writes"
    )
    if a.sym is not w.sym or a.sym in scene.changed or a.index is None or w.index is None:
        return unknown
    distance = meet(scene, a.index, w.index)
    if distance == "never" or distance == 0:
        return None
    if distance is None:
        return unknown
    if not nested:
        if a.write:
            in_order = distance > 0 if a.order < w.order else distance < 0
        else:
            in_order = a.order <= w.order if distance > 0 else a.order > w.order
        if in_order:
            return None
    return _carried(a, w, distance)


def _carried(a: Access, w: Access, distance: int) -> Declined:
    """The diagnostic of a dependence; `distance` counts iterations from `a` to `w`."""
    if a.write:
        verb, by, at = "writes again", "wrote", w
    elif distance < 0:
        verb, by, at = "reads", "wrote", a
    else:
        verb, by, at = "overwrites", "read", w
    far = abs(distance)
    who = "the iteration before" if far == 1 else "an earlier iteration"
    return Declined(at.span, "LW203", f"{verb} what {who} {by} (distance {far})")


def meet(scene: Scene, a: Index, w: Index) -> int | Literal["never"] | None:
    """Iterations from the one that touches an element by `a` to the one that does by `w`; None if that
    differs or is not known."""
    distance: int | None = None
    for p, q in zip(_axes(a), _axes(w), strict=False):  # the whole of what has no position
        if p is None or q is None:
            continue
        found = _meet_at(scene, p, q)
        if found == "never" or (found is not None and distance not in (None, found)):
            return "never"
        distance = found if distance is None else distance
    return distance


def _axes(index: Index) -> list[Linear | None]:
    """The position on each axis of the array, where it is one Python int."""
    axes: list[Linear | None] = []
    for item in index:
        match item:
            case Pt(at) if at.type == INT:
                axes.append(linear(at))
            case Fancy(by) if isinstance(by.type, Array) and by.type.dtype == "bool":
                axes += [None] * by.type.ndim
            case NewAxis():
                pass
            case _:
                axes.append(None)
    return axes


def _meet_at(scene: Scene, p: Linear, q: Linear) -> int | Literal["never"] | None:
    i, step = scene.loop.sym, scene.loop.step
    if any((x.vars() - {i}) & scene.changed for x in (p, q)):
        return None
    c = p.coefficient(i)
    if c != q.coefficient(i) or _hidden(p, i) or _hidden(q, i):
        return None
    apart = sub(p, q)
    if apart.terms:
        return None
    if c == 0:
        if apart.const == 0:
            return None
        signs = {_sign(scene, p), _sign(scene, q)}
        return "never" if signs in ({1}, {-1}) else None
    assert isinstance(step, Const) and isinstance(step.value, int)
    iterations, rest = divmod(apart.const, c * step.value)
    return iterations if rest == 0 else "never"


def _hidden(form: Linear, sym: Sym) -> bool:
    return sym in form.without(Var(sym)).vars()


def _sign(scene: Scene, form: Linear) -> int | None:
    """1 if the position counts from the start, -1 if it counts from the end."""
    if nonnegative(form, scene.limits):
        return 1
    return -1 if not form.terms and form.const < 0 else None
