"""Lists that grow by `append` become buffers of a known size with a counter.

Legality. The list has one name: nothing is bound to it and it is bound to nothing but new lists. Then
every use is visible: an append stores at the counter and moves it, the length is the counter, an element
at `k` is element `k` of the buffer if `k` is below the counter (else the index is moved out of the
buffer, so that the read fails as it did), and every other use sees the part of the buffer that is filled.

The size is the product of the trip counts of the loops between the creation of the list and the append,
if these do not change in between; an append under a condition inside two such loops, or inside a `while`,
grows the buffer to twice its size when it is full.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from loopwright.diagnostics import Declined, Span
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Call,
    Cast,
    Check,
    Dim,
    Expr,
    For,
    Func,
    If,
    Load,
    Program,
    Pt,
    Select,
    Slc,
    Stmt,
    Store,
    Sym,
    Tup,
    Var,
    While,
)
from loopwright.ir.types import INT, ListOf
from loopwright.ir.walk import (
    Body,
    assigned,
    bodies,
    map_children,
    map_exprs_of,
    symbols,
    targets,
    unused,
    walk_stmts,
)
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged
from loopwright.passes.preallocate_sizes import bound, handed_over, one_name
from loopwright.passes.scalarise_ints import (
    ONE,
    ZERO,
    as_int,
    compare,
    const_of,
    integer,
    nonnegative,
    plus,
    times,
)

LEAST = 16
"""The size that a buffer without a known bound grows to first."""


@dataclass(frozen=True, slots=True)
class Preallocate:
    """No options."""

    name: ClassVar[str] = "preallocate"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            before="""
def evens(n: int):
    out = []
    for i in range(n):
        out.append(2 * i)
    return out
""",
            after="""
def evens(n: int) -> list[int]:
    out = [0] * max(n, 0)
    out_len = 0
    for i in range(n):
        out[out_len] = 2 * i
        out_len = out_len + 1
    return out[:out_len]
""",
        ),
    )

    def run(self, program: Program) -> Outcome:
        declined: list[Declined] = []
        notes: list[str] = []
        functions = []
        for func in (*program.helpers, program.main):
            new, grown, refused = _buffered(func)
            functions.append(new)
            notes.extend(f"buffer for list `{sym.name}`" for sym in grown)
            declined.extend(refused)
        if not notes:
            return Unchanged(tuple(declined))
        result = replace(program, main=functions[-1], helpers=tuple(functions[:-1]))
        return Applied(result, tuple(notes))

    def space(self, program: Program) -> Iterator[Preallocate]:
        yield self


def _buffered(func: Func) -> tuple[Func, tuple[Sym, ...], list[Declined]]:
    """The function with buffers, the lists that have one, and the refusals."""
    if not _growing(func):
        return func, (), []
    func = one_name(func)
    handed = handed_over(func)
    families = {sym: _family(func, sym, handed) for sym in _growing(func)}
    reasons = {
        sym: next(filter(None, (_refusal(func, s, handed) for s in family)), None)
        for sym, family in families.items()
    }
    spans = {s.x: s.span for s in walk_stmts(func.body) if isinstance(s, Append)}
    declined = [Declined(spans[sym], "LW244", why) for sym, why in reasons.items() if why]
    chosen = tuple(
        dict.fromkeys(s for sym, why in reasons.items() if not why for s in families[sym])
    )
    if not chosen:
        return func, (), declined
    taken = {sym.name for sym in symbols(func)}
    rewriter = _Rewriter(func, taken)
    for sym in chosen:
        name = unused(f"{sym.name}_len", taken)
        taken.add(name)
        rewriter.counters[sym] = Sym(name, INT)
    return replace(func, body=rewriter.straight(func.body)), chosen, declined


def _growing(func: Func) -> tuple[Sym, ...]:
    """Lists that the function appends to, in order of the text."""
    return tuple(dict.fromkeys(s.x for s in walk_stmts(func.body) if isinstance(s, Append)))


def _family(func: Func, sym: Sym, handed: Mapping[Assign, Sym]) -> tuple[Sym, ...]:
    """The list and those that hand their buffers to it, directly or not, or get them from it."""
    found = {sym: None}
    while True:
        more = {
            s for at, old in handed.items() for s in (at.sym, old) if {at.sym, old} & found.keys()
        }
        if more <= found.keys():
            return tuple(found)
        found.update(dict.fromkeys(sorted(more, key=lambda s: s.name)))


def _refusal(func: Func, sym: Sym, handed: Mapping[Assign, Sym]) -> str | None:
    """Why a list cannot have a buffer, or None."""
    if sym in func.params:
        return f"`{sym.name}` comes from outside"
    if isinstance(sym.type, ListOf) and sym.type.ndim > 1:
        return f"`{sym.name}` is a list of lists"
    for stmt in walk_stmts(func.body):
        if isinstance(stmt, Assign) and stmt in handed:
            continue
        if sym in targets(stmt):
            if not (isinstance(stmt, Assign) and isinstance(stmt.value, (Alloc, Cast))):
                return f"`{sym.name}` may be another list too"
        elif isinstance(stmt, Store) and stmt.x is sym and not isinstance(stmt.index[0], Pt):
            return f"a slice of `{sym.name}` is replaced"
        elif isinstance(stmt, Assign) and _shares(stmt.value, sym):
            return f"`{sym.name}` has a second name"
    return None


def _shares(value: Expr, sym: Sym) -> bool:
    """True if the value is the list itself or a part of it that is not copied."""
    match value:
        case Var(other):
            return other is sym
        case Load(x, _, _) if isinstance(value.type, ListOf):
            return _shares(x, sym)
        case Tup(items, _):
            return any(_shares(item, sym) for item in items)
        case _:
            return False


# ---------------------------------------------------------------------- rewriting


@dataclass(slots=True)
class _Rewriter:
    """`counters` maps each list to its length; `below` maps ints to the list that they index."""

    func: Func
    taken: set[str]
    counters: dict[Sym, Sym] = field(default_factory=dict)
    below: dict[Sym, Sym] = field(default_factory=dict)

    def block(self, body: Body) -> Body:
        """A block; what is learnt in it holds only in it."""
        before = self.below
        result = self.straight(body)
        self.below = {k: x for k, x in self.below.items() if k in before}
        return result

    def straight(self, body: Body) -> Body:
        return tuple(new for stmt in body for new in self.statement(stmt))

    def statement(self, stmt: Stmt) -> tuple[Stmt, ...]:
        match stmt:
            case Assign(sym, value, span) if sym in self.counters:
                return self._created(stmt, sym, value, span)
            case Append(x, value, span) if x in self.counters:
                return self._appended(stmt, x, self.expr(value), span)
            case Store(x, index, value, span) if x in self.counters:
                places = tuple(Pt(self._place(x, p.at)) for p in index if isinstance(p, Pt))
                return (Store(x, places, self.expr(value), span),)
            case Assign(sym, Dim(Var(x), 0, _), _) if x in self.counters:
                new = map_exprs_of(stmt, self.expr)
                self._forget({sym})
                if sum(sym in targets(s) for s in walk_stmts(self.func.body)) == 1:
                    self.below[sym] = x
                return (new,)
            case For():
                return (self._loop(stmt),)
            case While() | If():
                self._forget(assigned((stmt,)))
                new = map_exprs_of(stmt, self.expr)
                return (_with_bodies(new, [self.block(b) for b in bodies(stmt)]),)
            case _:
                new = map_exprs_of(stmt, self.expr)
                self._forget(set(targets(stmt)))
                return (new,)

    def _forget(self, changed: set[Sym]) -> None:
        """A variable bound anew, or a list created anew, voids what was known of it."""
        self.below = {k: x for k, x in self.below.items() if k not in changed and x not in changed}

    def _loop(self, stmt: For) -> Stmt:
        inner = assigned(stmt.body) | assigned(stmt.orelse)
        self._forget(inner | {stmt.sym})
        new = map_exprs_of(stmt, self.expr)
        indexed = self._list_below(stmt.hi)
        rising = (const_of(stmt.step) or 0) > 0 and nonnegative(stmt.lo, lambda _: False)
        if indexed is not None and rising and not {stmt.sym, indexed} & inner:
            self.below[stmt.sym] = indexed
        body = self.block(stmt.body)
        self._forget({stmt.sym})
        return _with_bodies(new, [body, self.block(stmt.orelse)])

    def _list_below(self, bound: Expr) -> Sym | None:
        match bound:
            case Dim(Var(x), 0, _) if x in self.counters:
                return x
            case Var(sym):
                return self.below.get(sym)
            case _:
                return None

    def _created(self, stmt: Assign, sym: Sym, value: Expr, span: Span) -> tuple[Stmt, ...]:
        counter = self.counters[sym]
        self._forget({sym})
        if isinstance(value, Var):
            count_of = Var(self.counters[value.sym])
            return Assign(sym, value, span), Assign(counter, count_of, span)
        value = map_children(value, self.expr)
        if not isinstance(value, Alloc):
            count: Expr = Dim(Var(sym), 0, INT)
            return Assign(sym, value, span), Assign(counter, count, span)
        length = value.shape[0]
        checks: tuple[Stmt, ...] = ()
        if not nonnegative(length, lambda _: False):
            checks = (Check(compare("ge", length, ZERO), "negative length", span),)
        more = bound(self.func, sym, stmt)
        size = length if more is None else plus(length, more)
        buffer = replace(value, shape=(size,))
        return (*checks, Assign(sym, buffer, span), Assign(counter, length, span))

    def _appended(self, stmt: Append, x: Sym, value: Expr, span: Span) -> tuple[Stmt, ...]:
        counter = Var(self.counters[x])
        put = Store(x, (Pt(counter),), value, span)
        move = Assign(counter.sym, plus(counter, ONE), span)
        creations = [s for s in walk_stmts(self.func.body) if x in targets(s)]
        first = creations[0] if len(creations) == 1 else None
        if isinstance(first, Assign) and isinstance(first.value, Alloc):
            if bound(self.func, x, first) is not None:
                return put, move
        return (*self._grown(x, span), put, move)

    def _grown(self, x: Sym, span: Span) -> tuple[Stmt, ...]:
        """Twice the size, if the buffer is full."""
        counter = Var(self.counters[x])
        size = Dim(Var(x), 0, INT)
        larger = Sym(self._name(f"{x.name}_new"), x.type)
        k = Sym(self._name("k"), INT)
        assert isinstance(x.type, ListOf)
        wanted = Call("max2", (times(integer(2), size), integer(LEAST)), INT)
        old = Load(Var(x), (Pt(Var(k)),), x.type.elem)
        copy = Store(larger, (Pt(Var(k)),), old, span)
        return (
            If(
                compare("eq", counter, size),
                (
                    Assign(larger, Alloc((wanted,), None, x.type), span),
                    For(k, ZERO, counter, ONE, (copy,), (), span),
                    Assign(x, Var(larger), span),
                ),
                (),
                span,
            ),
        )

    def _name(self, name: str) -> str:
        found = unused(name, self.taken)
        self.taken.add(found)
        return found

    def expr(self, expr: Expr) -> Expr:
        """The expression on buffers."""
        match expr:
            case Dim(Var(x), 0, _) if x in self.counters:
                return Var(self.counters[x])
            case Load(Var(x), (Pt(at),), type_) if x in self.counters:
                return Load(Var(x), (Pt(self._place(x, at)),), type_)
            case Load(Var(x), (Slc(lo, hi, None),), type_) if x in self.counters:
                ends = [None if e is None else self._end(x, e) for e in (lo, hi)]
                filled = ends[1] or Var(self.counters[x])
                return Load(Var(x), (Slc(ends[0], filled),), type_)
            case Var(x) if x in self.counters:
                part = Slc(None, Var(self.counters[x]))
                return Load(expr, (part,), x.type)
            case _:
                return map_children(expr, self.expr)

    def _end(self, x: Sym, at: Expr) -> Expr:
        """An end of a slice of the list as one of a slice of the buffer, not behind what is filled."""
        at = as_int(self.expr(at))
        length: Expr = Var(self.counters[x])
        inside = Call("min2", (at, length), INT)
        if nonnegative(at, lambda _: False):
            return inside
        wrapped = Call("max2", (plus(at, length), ZERO), INT)
        return Select(compare("ge", at, ZERO), inside, wrapped, INT)

    def _place(self, x: Sym, at: Expr) -> Expr:
        """A position in the list as one in the buffer; outside the buffer if outside the list."""
        at = as_int(self.expr(at))
        if isinstance(at, Var) and self.below.get(at.sym) is x:
            return at
        length: Expr = Var(self.counters[x])
        outside = Dim(Var(x), 0, INT)
        value = const_of(at)
        if value is not None and value < 0:
            enough = compare("ge", length, integer(-value))
            return Select(enough, plus(length, at), outside, INT)
        inside = Select(compare("lt", at, length), at, outside, INT)
        if nonnegative(at, lambda _: False):
            return inside
        wrapped = plus(at, length)
        negative = Select(compare("ge", wrapped, ZERO), wrapped, outside, INT)
        return Select(compare("ge", at, ZERO), inside, negative, INT)


def _with_bodies(stmt: Stmt, blocks: list[Body]) -> Stmt:
    match stmt:
        case For() | While():
            return replace(stmt, body=blocks[0], orelse=blocks[1])
        case If():
            return replace(stmt, then=blocks[0], orelse=blocks[1])
        case _:
            raise TypeError("the statement has no blocks")
