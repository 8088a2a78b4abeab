"""Statements for all iterations of a loop at once: distribution, with masks in place of branches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Cast,
    Check,
    Expr,
    Fail,
    For,
    If,
    Load,
    NewAxis,
    Pt,
    Slc,
    Stmt,
    Store,
    Sym,
    Transpose,
    Var,
)
from loopwright.ir.types import Array, ListOf, Py, is_scalar, kind_of, machine_dtype
from loopwright.ir.walk import Body, assigned, children, index_exprs, vars_of
from loopwright.passes.vectorise_expr import Lifter, is_private_view, where
from loopwright.passes.vectorise_fold import fold
from loopwright.passes.vectorise_frame import (
    EXACT,
    Frame,
    batched,
    moved,
    opposite,
    rank,
    reversed_axis,
    spread,
)
from loopwright.passes.vectorise_linear import span_of
from loopwright.passes.vectorise_numbers import truth
from loopwright.passes.vectorise_place import base, locate
from loopwright.passes.vectorise_reduce import Reduction

TRUTH = Array("bool", 1)


@dataclass
class Distribution:
    """`mask` is an array of the iterations that run the statement; None if all do."""

    f: Frame
    reductions: dict[int, Reduction]
    reorder: bool
    private: frozenset[Sym]
    used: set[Sym]
    bound: set[Sym] = field(default_factory=set)
    depth: int = 0

    def block(self, body: Body, mask: Expr | None) -> None:
        for stmt in body:
            self.f.stmt = stmt
            self.statement(stmt, mask)

    def statement(self, stmt: Stmt, mask: Expr | None) -> None:
        f = self.f
        if id(stmt) in self.reductions:
            fold(f, self.reductions[id(stmt)], mask, self.reorder)
            return
        match stmt:
            case Assign():
                self.assign(stmt, mask)
            case Store():
                self.store(stmt, mask)
            case If():
                self.branch(stmt, mask)
            case Check(cond, reason, _):
                self.check(cond, reason, mask)
            case Fail(reason, _):
                if mask is None:
                    f.decline("LW207", "every iteration gives up")
                f.check(opposite(mask), reason)
            case For():
                self.inner(stmt, mask)
            case _:
                what = type(stmt).__name__.lower()
                f.decline("LW207", f"the loop over `{f.loop.sym.name}` holds a {what}")

    def lift(self, mask: Expr | None) -> Lifter:
        return Lifter(self.f, mask)

    # ------------------------------------------------------------ variables

    def assign(self, stmt: Assign, mask: Expr | None) -> None:
        f, sym = self.f, stmt.sym
        f.forget((sym,))
        if sym not in f.varying:
            f.out.append(stmt)
            return
        lifted = self.lift(mask)(stmt.value)
        if sym not in self.used and _sliced(lifted):
            return
        value = self.whole(stmt, lifted)
        twin = f.twin[sym]
        if mask is not None and sym in self.bound:
            value = where(mask, value, Var(twin), batched(sym.type))
        elif mask is not None and self.depth:
            f.decline("LW250", f"`{sym.name}` is set in some iterations only")
        f.out.append(Assign(twin, value, stmt.span))
        self.bound.add(sym)

    def whole(self, stmt: Assign, value: Expr) -> Expr:
        """The value with a batch axis, in memory that later stores do not change."""
        f, t = self.f, stmt.sym.type
        if isinstance(stmt.value, Alloc):
            return Lifter(f).alloc(stmt.value)
        if not f.differs(stmt.value):
            if not is_scalar(t):
                f.decline("LW250", f"`{stmt.sym.name}` is one array for all iterations")
            return Alloc((f.trips(),), stmt.value, Array(machine_dtype(t), 1))
        if is_private_view(value) and f.written(stmt.value):
            if not is_scalar(t):
                f.decline("LW250", f"`{stmt.sym.name}` is a view of what the loop writes")
            assert isinstance(value.type, Array)
            return Cast(value, replace(value.type, layout="C"))
        return value

    # ------------------------------------------------------------ memory

    def store(self, stmt: Store, mask: Expr | None) -> None:
        f, x = self.f, stmt.x
        if isinstance(x.type, ListOf):
            f.decline("LW250", "a list is written")
        assert isinstance(x.type, Array)
        self.storable(stmt.value, x.type)
        ndim = sum(isinstance(i, Slc) for i in stmt.index)
        if x in f.varying:
            self.store_private(stmt, mask, ndim)
            return
        if x in self.private:
            f.out.append(stmt)
            return
        if not all(map(_plain, stmt.index)):
            f.decline("LW204", "the positions that are written are not known")
        lift = self.lift(mask)
        value = lift(stmt.value)
        place = locate(f, base(f, Var(x)), stmt.index, lift, store=True)
        differs = f.differs(stmt.value)
        if mask is None and not differs:
            after = ndim - place.axis
            value = (
                spread(value, rank(value.type) - after, 1) if rank(value.type) > after else value
            )
        else:
            if differs:
                value = spread(value, 1, ndim - rank(stmt.value.type))
            t = Array(x.type.dtype, ndim + 1, "A")
            if mask is not None:
                old: Expr = Load(Var(x), place.index, t)
                old = reversed_axis(old, place.axis) if place.backwards else old
                value = where(mask, value, moved(old, place.axis, 0), t)
            if place.backwards:
                value = reversed_axis(value, 0)
            value = moved(value, 0, place.axis)
        f.out.append(Store(x, place.index, value, stmt.span))

    def store_private(self, stmt: Store, mask: Expr | None, ndim: int) -> None:
        """Into an array of which each iteration has its own."""
        f, twin = self.f, self.f.twin[stmt.x]
        if any(map(f.differs, index_exprs(stmt.index))) or not all(map(_plain, stmt.index)):
            f.decline("LW250", f"positions in `{stmt.x.name}` differ between iterations")
        index = (Slc(), *stmt.index)
        value = self.lift(mask)(stmt.value)
        if f.differs(stmt.value):
            value = spread(value, 1, ndim - rank(stmt.value.type))
        if mask is not None:
            t = Array(machine_dtype(stmt.x.type), ndim + 1, "A")
            value = where(mask, value, Load(Var(twin), index, t), t)
        f.out.append(Store(twin, index, value, stmt.span))

    def storable(self, value: Expr, x: Array) -> None:
        """Declines where storing a number may raise, or means another thing than storing an array."""
        f, t = self.f, value.type
        source, target = kind_of(machine_dtype(t)), kind_of(x.dtype)
        fits = machine_dtype(t) == x.dtype or (source, target) in _TOTAL
        if source in "iu" and target in "iu" and not isinstance(t, Py):
            fits = np.can_cast(machine_dtype(t), x.dtype)
        elif t == Py("int"):
            known = f.interval(value)
            size = max(-known.lo, known.hi)
            if target in "iu":
                info = np.iinfo(x.dtype)
                held = x.dtype == "int64" and f.differs(value)
                fits = held or (int(info.min) <= known.lo and known.hi <= int(info.max))
            else:
                fits = target in "fc" and size <= EXACT
        if not fits:
            f.decline("LW250", f"{t} stored as {x.dtype}")

    # ------------------------------------------------------------ control

    def branch(self, stmt: If, mask: Expr | None) -> None:
        f = self.f
        if not f.differs(stmt.cond):
            self.same_for_all(stmt, mask)
            return
        chosen = truth(self.lift(mask)(stmt.cond))
        if is_private_view(chosen):
            chosen = Cast(chosen, TRUTH)
        if mask is not None:
            chosen = Binary("and", mask, chosen, TRUTH)
        chosen = f.name(chosen, "chosen")
        before, f.by_position = f.by_position, f.by_position or _by_position(stmt.cond, f.loop.sym)
        self.block(stmt.then, chosen)
        if stmt.orelse:
            other = opposite(chosen)
            if mask is not None:
                other = Binary("and", mask, other, TRUTH)
            self.block(stmt.orelse, f.name(other, "others"))
        f.by_position = before

    def same_for_all(self, stmt: If, mask: Expr | None) -> None:
        """The branch depends on what is the same in all iterations."""
        f = self.f
        bound = set(self.bound)
        with self.apart() as then:
            self.block(stmt.then, mask)
        after, self.bound = self.bound, bound
        with self.apart() as orelse:
            self.block(stmt.orelse, mask)
        if after != self.bound:
            f.decline("LW250", "a variable is set on one of two paths")
        f.out.append(If(stmt.cond, tuple(then), tuple(orelse), stmt.span))

    def check(self, cond: Expr, reason: str, mask: Expr | None) -> None:
        self.f.check(truth(self.lift(mask)(cond)), reason, mask)

    def inner(self, loop: For, mask: Expr | None) -> None:
        """A loop inside stays one, around array code: its iterations come in the same order for all."""
        f = self.f
        if loop.orelse or any(map(f.differs, (loop.lo, loop.hi, loop.step))):
            f.decline("LW250", f"the bounds of the loop over `{loop.sym.name}` differ")
        known = span_of(loop)
        limits = f.limits
        if known is not None and not (known[0].vars() | known[1].vars()) & f.changed:
            f.limits = {**limits, Var(loop.sym): known}
        f.forget((*assigned(loop.body), loop.sym))
        self.depth += 1
        with self.apart() as body:
            self.block(loop.body, mask)
        self.depth -= 1
        f.limits = limits
        f.out.append(replace(loop, body=tuple(body)))

    @contextmanager
    def apart(self) -> Iterator[list[Stmt]]:
        """Collects what is emitted inside; facts learnt there are forgotten."""
        f = self.f
        out, facts = f.out, f.facts
        inner: list[Stmt] = []
        f.out, f.facts = inner, list(facts)
        yield inner
        f.out = out
        f.facts = [x for x in facts if x in f.facts]


_TOTAL = {("b", k) for k in "biufc"} | {("f", "f"), ("f", "c"), ("c", "c")} | {
    (s, t) for s in "iu" for t in "fc"
}  # fmt: skip


def _sliced(x: Expr) -> bool:
    """A view by slices, whose bounds were checked: looking at it cannot fail."""
    match x:
        case Load(y, index, _):
            return _sliced(y) and all(isinstance(i, (Slc, NewAxis)) for i in index)
        case Transpose(y, _, _):
            return _sliced(y)
        case _:
            return isinstance(x, Var)


def _plain(item: object) -> bool:
    return isinstance(item, (Pt, Slc))


def _by_position(e: Expr, sym: Sym) -> bool:
    """Whether the number of the iteration itself is looked at, not only what is found there."""
    if isinstance(e, Load):
        return False
    return (isinstance(e, Var) and e.sym is sym) or any(_by_position(c, sym) for c in children(e))


def varying(body: Body, sym: Sym, kept: set[int], private: set[Sym]) -> set[Sym]:
    """Variables of the body whose value differs between iterations of the loop over `sym`. `kept` are
    reductions, `private` may be arrays that an iteration makes."""
    found: set[Sym] = {sym}

    def differs(*exprs: Expr) -> bool:
        return any(vars_of(e) & found for e in exprs)

    def visit(block: Body, masked: bool) -> None:
        for stmt in block:
            if id(stmt) in kept:
                continue
            match stmt:
                case Assign(s, value, _) if masked or differs(value):
                    found.add(s)
                case Store(x, index, value, _) if x in private:
                    if masked or differs(value, *index_exprs(index)):
                        found.add(x)
                case If(cond, then, orelse, _):
                    visit(then, masked or differs(cond))
                    visit(orelse, masked or differs(cond))
                case For():
                    visit(stmt.body, masked or differs(stmt.lo, stmt.hi, stmt.step))
                case _:
                    pass

    while True:
        before = len(found)
        visit(body, False)
        if len(found) == before:
            return found - {sym}
