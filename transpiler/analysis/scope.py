"""Symbolic execution of structured code: which affine form each int variable and length has, and which
affine facts hold, at the point where a walk over the statements stands.

The walker tells `Scope` what it passes (`assign`, `enter_loop`, `assume`, ...); the scope answers with
forms. Atoms never change their value in their scope, so a fact once learnt stays true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from loopwright.analysis.affine import (
    CONST_MAX,
    Affine,
    Atom,
    Fact,
    Reader,
    add,
    affine,
    condition,
    constant,
    extreme,
    is_boolean,
    is_integer,
    of_atom,
    sub,
)
from loopwright.analysis.interval import FULL, Interval
from loopwright.ir.nodes import (
    Alloc,
    Break,
    Const,
    Dim,
    Expr,
    For,
    Load,
    NewAxis,
    Pt,
    Return,
    Slc,
    Stmt,
    Sym,
    Transpose,
    Var,
    While,
)
from loopwright.ir.types import INT, Array, ListOf
from loopwright.ir.walk import assigned, bodies, walk_stmts

Dims = tuple[Affine, ...]


@dataclass(slots=True, eq=False)
class Frame:
    """One loop around the current point. `iterator` is None for a `While`. `ends_early`: later
    iterations may not run, for a reason that the facts do not tell."""

    loop: For | While
    iterator: Atom | None
    ends_early: bool
    guards: list[Fact] = field(default_factory=list)
    """What is checked before the loop, and so holds in all of it."""


@dataclass(slots=True)
class _State:
    values: dict[Sym, Affine]
    dims: dict[Sym, Dims]
    since: dict[Sym, int]  # how many loops are around the last unknown change


class Scope:
    """`interval(expr)` gives the known range of an int expression at the current point, `exact(expr)`
    tells whether fixed-width arithmetic does not wrap there."""

    def __init__(
        self,
        interval: Callable[[Expr], Interval],
        exact: Callable[[Expr], bool],
    ) -> None:
        self.interval = interval
        self.loops: list[Frame] = []
        self.facts: list[Fact] = []
        self._state = _State({}, {}, {})
        self._count = 0
        self.reader = Reader(self.value, self.dim, exact, self._define)

    def declare(self, params: Iterable[Sym]) -> None:
        """Makes the atoms of parameters at once, so that all branches share them."""
        for p in params:
            if isinstance(p.type, (Array, ListOf)):
                self._shape_of(p)
            else:
                self.value(p)

    # ------------------------------------------------------------ reading

    def known(self) -> list[Fact]:
        """Every fact that holds here."""
        return [*(g for frame in self.loops for g in frame.guards), *self.facts]

    def affine(self, expr: Expr) -> Affine | None:
        return affine(expr, self.reader)

    def value(self, sym: Sym) -> Affine | None:
        """The form of an int or bool variable: an atom of its own if nothing more is known."""
        if not is_integer(sym.type) and not is_boolean(sym.type):
            return None
        if sym not in self._state.values:
            self._state.values[sym] = of_atom(self._atom(sym.name, Var(sym), self._since(sym)))
        return self._state.values[sym]

    def dim(self, x: Expr, axis: int) -> Affine | None:
        dims = self.shape(x)
        return None if dims is None else dims[axis]

    def shape(self, x: Expr) -> Dims | None:
        """The lengths of an array-valued expression."""
        match x:
            case Var(sym):
                return self._shape_of(sym)
            case Alloc(shape, _, _):
                found = [self.affine(n) for n in shape]
                dims = tuple(n for n in found if n is not None)
                return dims if len(dims) == len(shape) else None
            case Transpose(inner, axes, _):
                inner_dims = self.shape(inner)
                return None if inner_dims is None else tuple(inner_dims[a] for a in axes)
            case Load(inner, index, _):
                return self._view_shape(inner, index)
            case _:
                return None

    def is_current(self, atom: Atom) -> bool:
        """Whether `atom.source` still computes the atom's value here."""
        match atom.source:
            case Var(sym):
                return self._state.values.get(sym) == of_atom(atom)
            case Dim(Var(sym), axis, _):
                dims = self._state.dims.get(sym)
                return dims is not None and dims[axis] == of_atom(atom)
            case _:
                return False

    def _shape_of(self, sym: Sym) -> Dims:
        if sym not in self._state.dims:
            t = sym.type
            assert isinstance(t, (Array, ListOf))
            self._state.dims[sym] = tuple(
                of_atom(self._atom(f"{sym.name}_{k}", Dim(Var(sym), k, INT), self._since(sym)))
                for k in range(t.ndim)
            )
        return self._state.dims[sym]

    def _view_shape(self, x: Expr, index: Iterable[object]) -> Dims | None:
        base = self.shape(x)
        if base is None:
            return None
        dims: list[Affine] = []
        axis = 0
        for item in index:
            match item:
                case NewAxis():
                    dims.append(constant(1))
                    continue
                case Pt():
                    pass
                case Slc():
                    length = self._slice_length(item, base[axis])
                    if length is None:
                        return None
                    dims.append(length)
                case _:
                    return None
            axis += 1
        return tuple(dims)

    def _slice_length(self, item: Slc, n: Affine) -> Affine | None:
        if item.step is not None and item.step != Const(1, item.step.type):
            return n if item.lo is None and item.hi is None and _is_minus_one(item.step) else None
        lo = constant(0) if item.lo is None else self._clipped(item.lo, n)
        hi = n if item.hi is None else self._clipped(item.hi, n)
        if lo is None or hi is None:
            return None
        return hi if lo.const == 0 else extreme("max", constant(0), sub(hi, lo))

    def _clipped(self, end: Expr, n: Affine) -> Affine | None:
        form, known = self.affine(end), self.interval(end)
        if form is None:
            return None
        if known.lo >= 0:
            return extreme("min", form, n)
        return extreme("max", constant(0), add(form, n)) if known.hi < 0 else None

    # ------------------------------------------------------------ walking

    def assign(self, sym: Sym, value: Expr | None) -> None:
        """`sym` is bound to `value` (None: to something unknown)."""
        state = self._state
        if isinstance(sym.type, (Array, ListOf)):
            dims = None if value is None else self.shape(value)
            self.forget((sym,))
            if dims is not None:
                state.dims[sym] = dims
            return
        form = None if value is None else self.affine(value)
        known = None if value is None else self.interval(value)
        self.forget((sym,))
        if form is not None and is_integer(sym.type):
            state.values[sym] = form
        elif known is not None and is_integer(sym.type):
            atom = self._atom(sym.name, Var(sym), self._since(sym), known)
            state.values[sym] = of_atom(atom)

    def forget(self, syms: Iterable[Sym]) -> None:
        for sym in syms:
            self._state.values.pop(sym, None)
            self._state.dims.pop(sym, None)
            self._state.since[sym] = len(self.loops)

    def assume(self, cond: Expr, truth: bool = True) -> None:
        fact = condition(cond, truth, self.reader)
        if fact is not None:
            self.facts.append(fact)

    @contextmanager
    def branch(self) -> Iterator[None]:
        """What is learnt inside holds only inside; variables are to be forgotten by the walker."""
        state, learnt = self._state, len(self.facts)
        self._state = _State(dict(state.values), dict(state.dims), dict(state.since))
        try:
            yield
        finally:
            self._state = state
            del self.facts[learnt:]

    @contextmanager
    def loop(self, loop: For | While, known: Interval = FULL) -> Iterator[Frame]:
        """Inside, the point is in the body, where the loop variable is in `known`, or before
        the condition of a `While`. On leaving, what the body assigns is unknown."""
        changed = assigned(loop.body)
        if isinstance(loop, For):
            lo, hi, step = self.affine(loop.lo), self.affine(loop.hi), loop.step
            by = self.affine(step)
            changed.add(loop.sym)
        learnt = len(self.facts)
        frame = Frame(loop, None, ends_early(loop))
        self.loops.append(frame)
        self.forget(changed)
        if isinstance(loop, For):
            frame.iterator = self._atom(loop.sym.name, Var(loop.sym), len(self.loops), known)
            self._state.values[loop.sym] = of_atom(frame.iterator)
            self._domain(frame.iterator, lo, hi, step)
            if lo is not None and hi is not None and by is not None:
                self._either_way(frame.iterator, lo, hi, by, step)
        try:
            yield frame
        finally:
            self.loops.pop()
            del self.facts[learnt:]
            self.forget(changed)

    def _domain(self, t: Atom, lo: Affine | None, hi: Affine | None, step: Expr) -> None:
        steps = self.interval(step)
        if steps.lo <= 0 <= steps.hi:
            return
        up = steps.lo > 0
        if lo is not None:
            self.facts.append(Fact(f"{t.name} {'>=' if up else '<='} {lo.text}", lo.atoms | {t}))
            by = abs(steps.lo)
            if 1 < by <= CONST_MAX and steps.lo == steps.hi:
                text = f"(({t.name} - {lo.text}) mod {by}) = 0"
                self.facts.append(Fact(text, lo.atoms | {t}))
        if hi is not None:
            self.facts.append(Fact(f"{t.name} {'<' if up else '>'} {hi.text}", hi.atoms | {t}))

    def _either_way(self, t: Atom, lo: Affine, hi: Affine, by: Affine, step: Expr) -> None:
        """The range of a loop whose step may have either sign."""
        steps = self.interval(step)
        if not steps.lo < 0 < steps.hi:
            return
        up = f"{by.text} > 0 and {lo.text} <= {t.name} and {t.name} < {hi.text}"
        down = f"{by.text} < 0 and {hi.text} < {t.name} and {t.name} <= {lo.text}"
        self.facts.append(Fact(f"({up}) or ({down})", lo.atoms | hi.atoms | by.atoms | {t}))

    # ------------------------------------------------------------ atoms

    def _since(self, sym: Sym) -> int:
        return self._state.since.get(sym, 0)

    def _atom(
        self, name: str, source: Expr | None, depth: int, known: Interval | None = None
    ) -> Atom:
        self._count += 1
        clean = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)
        if known is None:
            known = FULL if source is None else self.interval(source)
        return Atom(f"v{self._count}_{clean}", source, depth, known.lo, known.hi)

    def _define(self, fact: Callable[[Affine], Fact]) -> Affine:
        form = of_atom(self._atom("t", None, len(self.loops)))
        self.facts.append(fact(form))
        return form


def _is_minus_one(step: Expr) -> bool:
    return isinstance(step, Const) and step.value == -1


def ends_early(loop: For | While) -> bool:
    """A `While`, or a loop that a `break` or `return` may leave."""
    return isinstance(loop, While) or _has_exit(loop.body)


def _has_exit(body: tuple[Stmt, ...]) -> bool:
    for stmt in body:
        if isinstance(stmt, (Break, Return)):
            return True
        if isinstance(stmt, (For, While)):
            if any(isinstance(s, Return) for s in walk_stmts(stmt.body)) or _has_exit(stmt.orelse):
                return True
        elif any(_has_exit(block) for block in bodies(stmt)):
            return True
    return False
