"""Every array access of a loop, with its index as affine forms over the loop's iterators.

Views are followed to the array that they show: `row = X[i]; row[j]` is an access of `X[i, j]`.
"""

from __future__ import annotations

from dataclasses import dataclass

from loopwright.analysis.affine import Affine, Atom, Fact, add, constant
from loopwright.analysis.affine import condition as affine_condition
from loopwright.analysis.bounds import Bounds
from loopwright.analysis.effects import Storages, Summaries, holds_memory, passed, storages
from loopwright.analysis.facts import facts
from loopwright.analysis.interval import Interval, within
from loopwright.analysis.range_expr import Env, Ranges, of_type
from loopwright.analysis.scope import Scope
from loopwright.diagnostics import Span
from loopwright.ir.check import ends
from loopwright.ir.nodes import (
    Append,
    Assign,
    Binary,
    Cast,
    Check,
    Compare,
    Dim,
    Draw,
    Expr,
    Fancy,
    For,
    Func,
    If,
    IndexItem,
    Invoke,
    Load,
    NewAxis,
    Pt,
    Slc,
    Stmt,
    Store,
    Sym,
    Transpose,
    Unary,
    Var,
    While,
)
from loopwright.ir.types import Array, ListOf, Py
from loopwright.ir.walk import assigned, children, exprs_of

Index = tuple[Affine | None, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """An access of `base` at `index`, one entry per axis; None may be any position. `base` is None if
    it is not known which array (of those that may share its memory) is meant. `facts` hold there."""

    base: Sym | None
    symbol: Sym
    index: Index
    write: bool
    facts: tuple[Fact, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class _View:
    """A view of `base`: per axis of `base` the position, or (start, axis of the view)."""

    base: Sym
    axes: tuple[Affine | tuple[Affine, int] | None, ...]


@dataclass(frozen=True, eq=False)
class Nest:
    """A loop of a function as the dependence tests see it. `iterator` counts its iterations; atoms of
    a depth greater than `depth` belong to one iteration."""

    loop: For
    iterator: Atom
    depth: int
    accesses: tuple[Access, ...]
    iterators: frozenset[Atom]
    storages: Storages
    bounds: Bounds


def nest(func: Func, loop: For, summaries: Summaries | None = None) -> Nest:
    """The accesses of `loop`, a statement of `func` (by identity). ValueError unless it is there once."""
    known = facts(func)
    memory = known.storages if summaries is None else storages(known.func, summaries)
    walker = _Walker(known.func, known.ranges, known.place(loop), memory, summaries or {})
    return walker.run()


class _Walker:
    def __init__(
        self, func: Func, ranges: Ranges, loop: For, memory: Storages, summaries: Summaries
    ) -> None:
        self.func, self.ranges, self.target = func, ranges, loop
        self.memory, self.summaries = memory, summaries
        self.env: Env = {}
        self.scope = Scope(self.interval, self.is_exact)
        self.bounds = Bounds(self.scope)
        self.views: dict[Sym, _View] = {}
        self.inside = False
        self.found: list[Access] = []
        self.frame: tuple[Atom, int] | None = None
        self.iterators: set[Atom] = set()
        self.span = func.span

    def run(self) -> Nest:
        self.env = self.ranges.before[id(self.func.body[0])]
        self.scope.declare(self.func.params)
        self.block(self.func.body)
        assert self.frame is not None
        iterator, depth = self.frame
        return Nest(
            self.target,
            iterator,
            depth,
            tuple(self.found),
            frozenset(self.iterators),
            self.memory,
            self.bounds,
        )

    def interval(self, expr: Expr) -> Interval:
        return self.ranges.at(expr, self.env)

    def is_exact(self, expr: Expr) -> bool:
        if isinstance(expr.type, Py):
            return True
        found, bound = self.ranges.exact(expr, self.env), of_type(expr.type)
        return found is not None and bound is not None and within(found, bound)

    # ------------------------------------------------------------ statements

    def block(self, body: tuple[Stmt, ...]) -> None:
        for stmt in body:
            env = self.ranges.before.get(id(stmt))
            if env is None:
                return
            self.env, self.span = env, stmt.span
            self.stmt(stmt)

    def stmt(self, stmt: Stmt) -> None:
        if isinstance(stmt, Assign) and holds_memory(stmt.sym.type):
            self.made(stmt.value)
        elif not isinstance(stmt, While):
            for expr in exprs_of(stmt):
                self.reads(expr)
        match stmt:
            case Assign(sym, value, _):
                self.bind(sym, value)
            case Store(x, index, _, _):
                self.record(x, self.locate(Var(x), index), write=True)
            case Append(x, _, _):
                self.record(x, None, write=True)
            case Check(cond, _, _):
                self.scope.assume(cond)
            case If():
                self.if_(stmt)
            case For() | While():
                self.loop(stmt)
            case Invoke():
                self.invoke(stmt)
            case Draw():
                self.scope.assign(stmt.target, None)
            case _:
                pass

    def bind(self, sym: Sym, value: Expr) -> None:
        view = self.view(value) if holds_memory(sym.type) else None
        self.scope.assign(sym, value)
        self.forget((sym,))
        if view is not None and view.base is not sym:
            self.views[sym] = view

    def forget(self, syms: tuple[Sym, ...] | set[Sym]) -> None:
        for sym in syms:
            self.views.pop(sym, None)
        stale = [s for s, v in self.views.items() if v.base in syms]
        for sym in stale:
            del self.views[sym]

    def invoke(self, stmt: Invoke) -> None:
        for arg in passed(stmt, self.summaries, "writes"):
            for sym in _names(arg):
                self.record(sym, self.view(arg), write=True)
        for target in stmt.targets:
            self.scope.assign(target, None)
        self.forget(stmt.targets)

    def if_(self, stmt: If) -> None:
        env = self.env
        facts = [affine_condition(stmt.cond, t, self.scope.reader) for t in (True, False)]
        left, right = ends(stmt.then), ends(stmt.orelse)
        for body, truth, stays in (
            (stmt.then, True, right and not left),
            (stmt.orelse, False, left and not right),
        ):
            self.env = env
            fact = facts[0 if truth else 1]
            if stays:
                continue
            views = dict(self.views)
            with self.scope.branch():
                self.scope.facts.extend(f for f in (fact,) if f is not None)
                self.block(body)
            self.views = views
        if left == right:
            self.scope.forget(assigned((stmt,)))
            self.forget(assigned((stmt,)))
            return
        self.env = env
        self.scope.facts.extend(f for f in facts[1 if left else 0 : 2 if left else 1] if f)
        self.block(stmt.orelse if left else stmt.then)

    def loop(self, stmt: For | While) -> None:
        known = self.ranges.loop_values(stmt, self.env) if isinstance(stmt, For) else None
        self.forget(assigned(stmt.body))
        target = stmt is self.target
        with self.scope.loop(stmt, *(() if known is None else (known,))) as frame:
            if frame.iterator is not None:
                self.iterators.add(frame.iterator)
            if isinstance(stmt, While):
                self.reads(stmt.cond)
                self.scope.assume(stmt.cond)
            if target:
                assert frame.iterator is not None
                self.inside = True
                self.frame = frame.iterator, len(self.scope.loops) - 1
            self.block(stmt.body)
            self.inside = self.inside and not target
        self.forget(assigned(stmt.body))
        views = dict(self.views)
        with self.scope.branch():
            self.block(stmt.orelse)
        self.views = views
        self.scope.forget(assigned(stmt.orelse))
        self.forget(assigned(stmt.orelse))

    # ------------------------------------------------------------ accesses

    def reads(self, expr: Expr) -> None:
        """Records the loads; naming an array without an index reads nothing."""
        match expr:
            case Load(x, index, _):
                if not holds_memory(expr.type):
                    for sym in _names(x):
                        self.record(sym, self.locate(x, index), write=False)
                else:
                    self.whole(expr)
                for child in children(expr)[1:]:
                    self.reads(child)
                if not isinstance(x, Var):
                    for child in children(x)[1:]:
                        self.reads(child)
                return
            case Dim(x, _, _):
                self.lengths(x)
                return
            case Var() if holds_memory(expr.type):
                self.whole(expr)
                return
        for child in children(expr):
            self.reads(child)

    def lengths(self, x: Expr) -> None:
        """What the lengths of an array depend on: the elements of a mask, of bounds, of what picks."""
        match x:
            case Var():
                pass
            case Load(inner) | Transpose(inner):
                self.lengths(inner)
                for child in children(x)[1:]:
                    self.reads(child)
            case Unary() | Binary() | Compare() | Cast():
                for child in children(x):
                    if isinstance(child.type, Array):
                        self.lengths(child)
                    else:
                        self.reads(child)
            case _:
                self.reads(x)

    def made(self, value: Expr) -> None:
        """Making a view reads only what its index is made of."""
        while isinstance(value, (Load, Transpose)) and self.view(value) is not None:
            if isinstance(value, Load) and isinstance(value.type, ListOf):
                break  # a slice of a list is a copy
            for child in children(value)[1:]:
                self.reads(child)
            value = value.x
        if not isinstance(value, Var):
            self.reads(value)

    def whole(self, expr: Expr) -> None:
        """An array-valued expression may be read anywhere (by what it is passed to)."""
        for sym in _names(expr):
            self.record(sym, self.view(expr), write=False)

    def record(self, sym: Sym, view: _View | None, *, write: bool) -> None:
        if not self.inside:
            return
        base, index = sym, _anywhere(sym)
        exact = view is not None
        if view is not None:
            base = view.base
            index = tuple(None if isinstance(a, tuple) else a for a in view.axes)
        access = Access(
            base if exact else None, sym, index, write, tuple(self.scope.known()), self.span
        )
        self.found.append(access)

    def view(self, x: Expr) -> _View | None:
        """The view that an array-valued expression is; None if it is none, or not a plain one."""
        match x:
            case Var(sym):
                if sym in self.views:
                    return self.views[sym]
                whole = tuple((constant(0), k) for k in range(_ndim(sym)))
                return _View(sym, whole)
            case Load(inner, index, _):
                return self.locate(inner, index)
            case Transpose(inner, axes, _):
                base = self.view(inner)
                if base is None:
                    return None
                to = {old: new for new, old in enumerate(axes)}
                return _View(
                    base.base,
                    tuple((a[0], to[a[1]]) if isinstance(a, tuple) else a for a in base.axes),
                )
            case _:
                return None

    def locate(self, x: Expr, index: tuple[IndexItem, ...]) -> _View | None:
        """Where `x[index]` is in the array that `x` shows."""
        base = self.view(x)
        if base is None:
            return None
        items: list[Affine | tuple[Affine, int] | None] = []
        axis = view_axis = 0
        # NumPy moves the axes of what is picked to the front, or not
        picked = any(isinstance(item, Fancy) for item in index)
        for item in index:
            if isinstance(item, NewAxis):
                view_axis += 1
                continue
            match item:
                case Pt(at):
                    items.append(self.position(x, axis, at))
                case Slc(lo, _, None):
                    start = constant(0) if lo is None else self.position(x, axis, lo)
                    items.append(None if start is None or picked else (start, view_axis))
                    view_axis += 1
                case Fancy(by) if isinstance(by.type, Array) and by.type.dtype == "bool":
                    items += [None] * by.type.ndim
                    axis += by.type.ndim - 1
                case _:
                    items.append(None)
                    view_axis += 1
            axis += 1
        out: list[Affine | tuple[Affine, int] | None] = []
        for old in base.axes:
            if not isinstance(old, tuple):
                out.append(old)
                continue
            start, k = old
            new = items[k] if k < len(items) else None
            if new is None:
                out.append(None)
            elif isinstance(new, tuple):
                out.append((add(start, new[0]), new[1]))
            else:
                out.append(add(start, new))
        return _View(base.base, tuple(out))

    def position(self, x: Expr, axis: int, at: Expr) -> Affine | None:
        """A position counted from the start."""
        form = self.scope.affine(at)
        if form is None:
            return None
        known = self.interval(at)
        if known.lo >= 0 or self.bounds.impossible(Fact(f"{form.text} < 0", form.atoms)):
            return form
        n = self.scope.dim(x, axis)
        return add(form, n) if known.hi < 0 and n is not None else None


def _anywhere(sym: Sym) -> Index:
    return (None,) * _ndim(sym)


def _ndim(sym: Sym) -> int:
    return sym.type.ndim if isinstance(sym.type, (Array, ListOf)) else 0


def _names(x: Expr) -> set[Sym]:
    """Array variables that the array-valued expression is made of."""
    if isinstance(x, Var):
        return {x.sym} if holds_memory(x.type) else set()
    found: set[Sym] = set()
    for child in children(x):
        if holds_memory(child.type):
            found |= _names(child)
    return found
