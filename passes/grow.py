"""Arrays that a loop builds up by `np.append`, `np.vstack` or `np.concatenate` get room for more.

NumPy makes a new array of each append, so that a loop copies all that it has at every step. Here the rows
are kept in a larger array, the room, of which the first `count` are filled; it is exchanged for one of twice
the size when it is full, so that each row is copied a few times at most.

Legality. In the loop the array is assigned only by putting something behind it along the first axis. What is
filled never changes then: an append writes behind it, so that whatever reads the array, at any time, may read
the first `count` rows of the room instead. Nothing may write to the array, nor keep it or a view of it under
another name, which could be written to: each use in the loop is an operand of something that gives new
values. Behind the loop the array has the size that it ought to have; it is still the object that it was if
nothing was put behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

from loopwright.analysis.effects import Storage, holds_memory, view_of
from loopwright.diagnostics import Declined, Span
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Call,
    Check,
    Const,
    Dim,
    Expr,
    For,
    If,
    Invoke,
    Load,
    Program,
    Pt,
    Return,
    Slc,
    Stmt,
    Store,
    Sym,
    Tup,
    Var,
    While,
)
from loopwright.ir.types import BOOL, INT, Array, Num, Type
from loopwright.ir.walk import (
    Body,
    bodies,
    exprs_of,
    map_bodies,
    map_children,
    map_exprs_of,
    symbols,
    targets,
    unused,
    walk_exprs,
    walk_stmts,
)
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged
from loopwright.passes.scalarise_ints import ONE, ZERO, compare, integer, plus, times

LEAST = 16
"""The number of rows that there is room for at first."""


@dataclass(frozen=True, slots=True)
class Grow:
    """No options."""

    name: ClassVar[str] = "grow"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            before="""
def above(x: Float64[np.ndarray, "n"], least: float):
    found = np.empty(0)
    for v in x:
        if v > least:
            found = np.append(found, v)
    return found
""",
            after="""
def above(x: float64[:], least: float) -> float64[:]:
    found = np.empty(0)
    found_room = np.empty(max(2 * found.shape[0], 16))
    for k_1 in range(found.shape[0]):
        found_room[k_1] = found[k_1]
    found_count = found.shape[0]
    found_put = False
    for i in range(x.shape[0]):
        v = x[i]
        if v > least:
            found_more = v
            found_end = found_count + 1
            if found_end > found_room.shape[0]:
                found_larger = np.empty(max(2 * found_end, 16))
                for k in range(found_count):
                    found_larger[k] = found_room[k]
                found_room = found_larger
            found_room[found_count] = found_more
            found_count = found_end
            found_put = True
    if found_put:
        found_whole = np.empty(found_count)
        for k_2 in range(found_count):
            found_whole[k_2] = found_room[k_2]
        found = found_whole
    return found
""",
        ),
        Refusal(
            before="""
def halved(x: Float64[np.ndarray, "n"]):
    found = np.empty(0)
    for v in x:
        found = np.append(found, v)
        found[0] = 0.5 * v
    return found
""",
            code="LW246",
        ),
    )

    def run(self, program: Program) -> Outcome:
        declined: list[Declined] = []
        notes: list[str] = []
        functions = []
        for func in (*program.helpers, program.main):
            grower = _Grower({sym.name for sym in symbols(func)})
            body = grower.block(_forwarded(func.body), frozenset(func.params))
            functions.append(replace(func, body=body))
            notes.extend(f"room for `{name}` to grow" for name in grower.grown)
            declined.extend(grower.refused.values())
        if not notes:
            return Unchanged(tuple(declined))
        result = replace(program, main=functions[-1], helpers=tuple(functions[:-1]))
        return Applied(result, tuple(notes))

    def space(self, program: Program) -> Iterator[Grow]:
        yield self


@dataclass(slots=True)
class _Grower:
    """`taken` are the names of variables, `refused` by array; one may have room in an inner loop only."""

    taken: set[str]
    grown: list[str] = field(default_factory=list)
    refused: dict[Sym, Declined] = field(default_factory=dict)

    def block(self, body: Body, bound: frozenset[Sym]) -> Body:
        """`bound` are variables that are set where the block starts."""
        made: list[Stmt] = []
        for stmt in body:
            made += self._statement(stmt, bound)
            bound |= frozenset(targets(stmt))
        return tuple(made)

    def _statement(self, stmt: Stmt, bound: frozenset[Sym]) -> Body:
        if not isinstance(stmt, For | While):
            return (map_bodies(stmt, lambda body: self.block(body, bound)),)
        before: list[Stmt] = []
        behind: list[Stmt] = []
        reasons = {sym: _refusal(stmt, sym, bound) for sym in _appended(stmt)}
        for sym, why in reasons.items():
            if why is not None:
                self.refused[sym] = Declined(stmt.span, "LW246", why)
                continue
            self.refused.pop(sym, None)
            room = _Room(
                sym,
                self._new(f"{sym.name}_room", sym.type),
                self._new(f"{sym.name}_count", INT),
                self._new(f"{sym.name}_put", BOOL),
            )
            stmt = self._with_room(stmt, room)
            before += self._made(room, stmt.span)
            behind.append(self._handed_back(room, stmt.span))
            self.grown.append(sym.name)
        inside = bound | frozenset(targets(stmt) if isinstance(stmt, For) else ())
        return (*before, map_bodies(stmt, lambda body: self.block(body, inside)), *behind)

    def _with_room(self, loop: For | While, room: _Room) -> For | While:
        """The loop with every use of the array as one of the room."""

        def rewritten(stmt: Stmt) -> Body:
            if isinstance(stmt, Assign) and stmt.sym is room.sym:
                return self._put(room, stmt)
            return (map_bodies(map_exprs_of(stmt, room.read), block),)

        def block(body: Body) -> Body:
            return tuple(new for stmt in body for new in rewritten(stmt))

        # the bounds of a `for` are those before it
        head = loop if isinstance(loop, For) else map_exprs_of(loop, room.read)
        found = map_bodies(head, block)
        assert isinstance(found, For | While)
        return found

    def _put(self, room: _Room, stmt: Assign) -> Body:
        """What stands for `a = np.concatenate((a, part, ...))`: the parts are computed, then put."""
        made: list[Stmt] = []
        parts: list[Sym] = []
        for part in map(room.read, _parts(stmt)):
            number = _only_number(part)
            held = self._new(f"{room.sym.name}_more", part.type if number is None else number.type)
            made.append(Assign(held, part if number is None else number, stmt.span))
            parts.append(held)
        for held in parts:
            made += self._one_put(room, held, stmt.span)
        return tuple(made)

    def _one_put(self, room: _Room, part: Sym, span: Span) -> list[Stmt]:
        count, whole = Var(room.count), Var(room.room)
        rows = isinstance(part.type, Array)
        end = self._new(f"{room.sym.name}_end", INT)
        size = Call("max2", (times(integer(2), Var(end)), integer(LEAST)), INT)
        larger = self._new(f"{room.sym.name}_larger", room.type)
        alike = [
            Check(compare("eq", Dim(Var(part), k, INT), Dim(whole, k, INT)), "unequal shapes", span)
            for k in range(1, room.axes)
        ]
        axes = [Dim(whole, k, INT) for k in range(1, room.axes)]
        put = (
            self._copied(room.room, part, Dim(Var(part), 0, INT), count, span)
            if rows
            else Store(room.room, (Pt(count),), Var(part), span)
        )
        return [
            *alike,
            Assign(end, plus(count, Dim(Var(part), 0, INT) if rows else integer(1)), span),
            If(
                compare("gt", Var(end), Dim(whole, 0, INT)),
                (
                    Assign(larger, Alloc((size, *axes), None, room.type), span),
                    self._copied(larger, room.room, count, ZERO, span),
                    Assign(room.room, Var(larger), span),
                ),
                (),
                span,
            ),
            put,
            Assign(room.count, Var(end), span),
            Assign(room.put, Const(True, BOOL), span),
        ]

    def _made(self, room: _Room, span: Span) -> list[Stmt]:
        """A room of its own: what the array held at first may be an argument, and is never written to."""
        length = Dim(Var(room.sym), 0, INT)
        size = Call("max2", (times(integer(2), length), integer(LEAST)), INT)
        axes = (Dim(Var(room.sym), k, INT) for k in range(1, room.axes))
        return [
            Assign(room.room, Alloc((size, *axes), None, room.type), span),
            self._copied(room.room, room.sym, length, ZERO, span),
            Assign(room.count, length, span),
            Assign(room.put, Const(False, BOOL), span),
        ]

    def _handed_back(self, room: _Room, span: Span) -> Stmt:
        count = Var(room.count)
        axes = (Dim(Var(room.room), k, INT) for k in range(1, room.axes))
        whole = self._new(f"{room.sym.name}_whole", room.type)
        return If(
            Var(room.put),
            (
                Assign(whole, Alloc((count, *axes), None, room.type), span),
                self._copied(whole, room.room, count, ZERO, span),
                Assign(room.sym, Var(whole), span),
            ),
            (),
            span,
        )

    def _copied(self, target: Sym, source: Sym, rows: Expr, behind: Expr, span: Span) -> For:
        """The loops that copy so many rows of `source` to those of `target` from number `behind` on."""
        assert isinstance(source.type, Array)
        dtype, axes = source.type.dtype, source.type.ndim
        at = [self._new("k", INT) for _ in range(axes)]
        first, *others = map(Var, at)
        element = Load(Var(source), (Pt(first), *map(Pt, others)), Num(dtype))
        place = (Pt(plus(behind, first)), *map(Pt, others))
        body: Stmt = Store(target, place, element, span)
        for axis in reversed(range(1, axes)):
            body = For(at[axis], ZERO, Dim(Var(target), axis, INT), ONE, (body,), (), span)
        return For(at[0], ZERO, rows, ONE, (body,), (), span)

    def _new(self, name: str, type_: Type) -> Sym:
        found = unused(name, self.taken)
        self.taken.add(found)
        return Sym(found, type_)


@dataclass(frozen=True, slots=True)
class _Room:
    """Of the array `sym`; `count` rows of it are filled, and `put` tells whether anything was put behind the
    array, if only nothing: it is another object then."""

    sym: Sym
    room: Sym
    count: Sym
    put: Sym

    @property
    def type(self) -> Array:
        assert isinstance(self.sym.type, Array)
        return self.sym.type

    @property
    def axes(self) -> int:
        return self.type.ndim

    def filled(self) -> Expr:
        whole = (Slc() for _ in range(1, self.axes))
        return Load(Var(self.room), (Slc(ZERO, Var(self.count)), *whole), self.type)

    def read(self, expr: Expr) -> Expr:
        """The expression with the array as a part of the room."""
        match expr:
            case Dim(Var(sym), axis, _) if sym is self.sym:
                return Dim(Var(self.room), axis, INT) if axis else Var(self.count)
            case Var(sym) if sym is self.sym:
                return self.filled()
            case _:
                return map_children(expr, self.read)


def _forwarded(body: Body) -> Body:
    """The block with `t = np.concatenate(...); a = t`, which functions that were inlined leave, as one
    statement where nothing else reads `t`."""
    reads = Counter(e.sym for e in walk_exprs(body) if isinstance(e, Var))
    reads += Counter(s.x for s in walk_stmts(body) if isinstance(s, Store | Append))
    writes = Counter(sym for stmt in walk_stmts(body) for sym in targets(stmt))

    def joined(block: Body) -> Body:
        made: list[Stmt] = []
        for stmt in block:
            match made[-1] if made else None, stmt:
                case Assign(t, Call("np.concatenate") as call, span), Assign(sym, Var(other)) if (
                    t is other and (reads[t], writes[t]) == (1, 1) and t.type == sym.type
                ):
                    made[-1] = Assign(sym, call, span)
                case _:
                    made.append(map_bodies(stmt, joined))
        return tuple(made)

    return joined(body)


def _only_number(part: Expr) -> Expr | None:
    """The number that an array of one element is made of."""
    match part:
        case Alloc((Const(1),), fill, Array(_, 1, _)):
            return fill
        case _:
            return None


def _parts(stmt: Assign) -> tuple[Expr, ...]:
    """What is put behind the array; nothing if the assignment does something else."""
    match stmt:
        case Assign(sym, Call("np.concatenate", (Const(0), Var(first), *rest), t)):
            alike = all(_is_like(part, t) for part in rest)
            return tuple(rest) if first is sym and t == sym.type and alike else ()
        case _:
            return ()


def _is_like(part: Expr, t: Type) -> bool:
    return (
        isinstance(t, Array)
        and t.layout == "C"
        and isinstance(part.type, Array)
        and (part.type.dtype, part.type.ndim) == (t.dtype, t.ndim)
    )


def _appended(loop: For | While) -> list[Sym]:
    """Arrays that the loop puts something behind, in order of the text."""
    inside = (s for body in bodies(loop) for s in walk_stmts(body))
    return list(dict.fromkeys(s.sym for s in inside if isinstance(s, Assign) and _parts(s)))


def _refusal(loop: For | While, sym: Sym, bound: frozenset[Sym]) -> str | None:
    """Why the array cannot have room in the loop, or None."""
    if sym not in bound:
        return f"`{sym.name}` may not be set before the loop"
    for stmt in (s for body in bodies(loop) for s in walk_stmts(body)):
        if isinstance(stmt, Assign) and stmt.sym is sym and _parts(stmt):
            continue
        if sym in targets(stmt):
            return f"`{sym.name}` is assigned in another way than by an append"
        if isinstance(stmt, Store) and stmt.x is sym:
            return f"`{sym.name}` is written to"
        if isinstance(stmt, Assign | Invoke | Return) and any(
            _is_kept(e, sym) for e in exprs_of(stmt)
        ):
            return f"`{sym.name}` may have a second name"
    return None


def _is_kept(value: Expr, sym: Sym) -> bool:
    """Whether the value is the array or a view of it."""
    if isinstance(value, Tup):
        return any(_is_kept(item, sym) for item in value.items)
    known = {sym: frozenset({Storage(param=0)})}
    return holds_memory(value.type) and bool(view_of(value, known))
