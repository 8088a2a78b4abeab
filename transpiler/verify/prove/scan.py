"""A function of the IR as statements over polyhedral domains, or `NotProved`.

The function is read once, from top to bottom. Conditions on ints restrict the path; what depends on data
becomes a choice between the new and the old value. Whatever a loop or a branch assigns is forgotten at its
borders: numbers are then read from their cell, arrays are not known any more.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import islpy as isl

from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Check,
    Expr,
    Fail,
    For,
    Func,
    If,
    Load,
    Logic,
    Pt,
    Return,
    Slc,
    Stmt,
    Store,
    Sym,
    Transpose,
    Var,
)
from loopwright.ir.types import Array, ListOf, Num, Py, Rng, TupleOf, machine_dtype
from loopwright.ir.walk import Body, assigned
from loopwright.verify.prove.exact import choice, negation
from loopwright.verify.prove.forms import (
    Position,
    affine,
    condition,
    is_bool,
    place,
    sliced,
    view,
    whole,
)
from loopwright.verify.prove.induction import after, counters, joined, trips
from loopwright.verify.prove.presburger import known_constant
from loopwright.verify.prove.state import Known, State
from loopwright.verify.prove.terms import (
    LATE,
    Aff,
    Cell,
    NotProved,
    Parallel,
    Term,
    Undefined,
    View,
)
from loopwright.verify.prove.values import Values, converted, extents, is_array, scalar_type


class Scanner:
    def __init__(self, state: State) -> None:
        self.s = state
        self.forbidden: list[isl.Set] = []

    def function(self, func: Func) -> None:
        body = func.body
        if not body or not isinstance(body[-1], Return):
            raise NotProved("no return at the end")
        for stmt in body[:-1]:
            self.s.tick += 1
            self.stmt(stmt)
        self.s.tick += 1
        self.s.model.results = tuple(self.result(e) for e in body[-1].values)

    def result(self, e: Expr) -> Term | View:
        if not is_array(e):
            return Values(self.s, ()).value(e)
        shown = view(e, self.s)
        if shown is None:
            cell = self.made(e, e.type)
            shown = whole(cell, self.s)
            self.s.tick += 1
        return shown

    # ------------------------------------------------------------ statements

    def block(self, body: Body) -> None:
        """Conditions that a check leaves behind hold to the end of the block."""
        path, guards = self.s.path, self.s.guards
        for stmt in body:
            self.s.tick += 1
            self.stmt(stmt)
        self.s.path, self.s.guards = path, guards

    def stmt(self, stmt: Stmt) -> None:
        if time.monotonic() > self.s.deadline:
            raise NotProved(LATE)
        match stmt:
            case Assign(sym, value, _):
                self.assign(sym, value)
            case Store():
                self.store(stmt)
            case For():
                self.loop(stmt)
            case If():
                self.branch(stmt)
            case Check(cond, _, _):
                self.check(cond)
            case Fail():
                self.fail()
            case _:
                raise NotProved(f"{type(stmt).__name__}")

    def forget(self, syms: Iterable[Sym]) -> None:
        for sym in syms:
            self.s.env[sym] = None

    # ------------------------------------------------------------ assignment

    def assign(self, sym: Sym, value: Expr) -> None:
        match sym.type:
            case Array() | ListOf():
                self.bind(sym, value)
            case TupleOf() | Rng():
                raise NotProved(f"a variable of type {sym.type}")
            case _:
                self.number(sym, value)

    def number(self, sym: Sym, value: Expr) -> None:
        s = self.s
        term = Values(s, s.loops).value(value)
        cell = s.cell_of(sym)
        term = converted(term, value.type, cell.dtype, s)
        s.env[sym] = term.value if isinstance(term, Aff) else None
        if s.guards and not isinstance(term, Aff):
            fresh = Cell(s.fresh("g"), cell.dtype, (), None, s.loops)
            s.write(fresh, (), s.loops, term)
            s.tick += 1
            s.env[sym] = fresh
            term = s.read(fresh, (), s.loops)
        self.put(cell, (), s.loops, term)

    def put(
        self, cell: Cell, index: tuple[isl.PwAff, ...], space: tuple[str, ...], value: Term
    ) -> None:
        """A write; where a guard is false the old value stays."""
        s = self.s
        if s.guards and not isinstance(value, Undefined):
            old: Term = s.read(cell, index, space, kept=True)
            for guard in reversed(s.guards):
                value = choice(s.again(guard, space), cell.dtype, value, old)
        s.write(cell, index, space, value)

    def bind(self, sym: Sym, value: Expr) -> None:
        s = self.s
        shown = view(value, s) if isinstance(value, (Var, Load, Transpose)) else None
        if shown is None:
            shown = whole(self.made(value, sym.type), s)
        s.env[sym] = shown

    def made(self, value: Expr, t: object) -> Cell:
        """The cell of a new array with its first contents."""
        s = self.s
        assert isinstance(t, (Array, ListOf))
        dtype = machine_dtype(t)
        if isinstance(value, Alloc):
            lengths = tuple(self.length(e) for e in value.shape)
            cell = Cell(s.fresh("m"), dtype, lengths, None, s.loops)
            fill = value.fill
            self.everywhere(whole(cell, s), None if fill is None else (fill,), cell)
            return cell
        cell = Cell(s.fresh("m"), dtype, extents(value, s), None, s.loops)
        self.everywhere(whole(cell, s), (value,), cell)
        return cell

    def length(self, e: Expr) -> isl.PwAff:
        found = affine(e, self.s)
        if found is None:
            raise NotProved("a length that is not affine")
        possible = found.ge_set(self.s.number(0))
        if self.is_original:
            self.s.require(possible, "a length that may be negative")
        elif not self.s.holds(possible):
            self.refuse(possible)
        return found

    def everywhere(self, v: View, value: tuple[Expr] | None, cell: Cell) -> None:
        """`v[...] = value`, element by element."""
        s = self.s
        names = tuple(s.fresh("k") for _ in v.extents)
        at = tuple(isl.PwAff.read_from_str(s.ctx, f"[{n}] -> {{ [({n})] }}") for n in names)
        inside = s.path
        for k, n in zip(at, v.extents, strict=True):
            inside = inside.intersect(k.ge_set(s.number(0))).intersect(k.lt_set(n))
        space = (*s.loops, *names)
        with s.where(inside):
            term: Term = Undefined()
            if value is not None:
                values = Values(s, space)
                (e,) = value
                term = values.value(e, values.at(e, at))
                term = converted(term, scalar_type(e.type), cell.dtype, s)
            self.put(cell, place(v, at), space, term)

    def store(self, stmt: Store) -> None:
        s = self.s
        v = view(Var(stmt.x), s)
        assert v is not None
        if v.cell.param is not None:
            s.model.stored.add(v.cell.param)
        if any(not isinstance(i, (Pt, Slc)) for i in stmt.index):
            raise NotProved("a store to positions that an array gives")
        target = sliced(v, stmt.index, s)
        value = stmt.value
        if s.low and target.extents:
            raise NotProved("a slice is replaced in low-level code")
        if isinstance(stmt.x.type, ListOf) and target.extents:
            raise NotProved("a slice of a list is replaced")
        if is_array(value):
            shape = extents(value, s)
            self.fits(shape, target.extents)
        self.everywhere(target, (value,), v.cell)

    def fits(self, shape: Position, target: Position) -> None:
        if len(shape) > len(target):
            raise NotProved("a store of more axes")
        for n, m in zip(reversed(shape), reversed(target), strict=False):
            if not self.s.is_one(n) and not self.s.equal(n, m):
                raise NotProved("a store of another length")

    # ------------------------------------------------------------ control

    def loop(self, stmt: For) -> None:
        s = self.s
        bounds = [affine(e, s) for e in (stmt.lo, stmt.hi, stmt.step)]
        lo, hi, step = bounds
        by = None if step is None else known_constant(step)
        if lo is None or hi is None or not by or abs(by) > 2**20:
            raise NotProved("a loop whose range is not affine")
        if not isinstance(stmt.sym.type, (Num, Py)):
            raise NotProved("a loop variable")
        name = s.fresh("i")
        i = isl.PwAff.read_from_str(s.ctx, f"[{name}] -> {{ [({name})] }}")
        inside = i.ge_set(lo).intersect(i.lt_set(hi))
        if by < 0:
            inside = i.le_set(lo).intersect(i.gt_set(hi))
        if abs(by) > 1:
            rest = i.sub(lo).mod_val(isl.Val.int_from_si(s.ctx, abs(by)))
            inside = inside.intersect(rest.eq_set(s.number(0)))
        changed = assigned(stmt.body) | {stmt.sym}
        counted = [] if s.guards else counters(stmt, s)
        self.forget(changed)
        outer = s.loops, s.time, s.tick
        if stmt.parallel:
            s.model.parallel.append(Parallel(name))
        with s.where(inside):
            s.loops = (*s.loops, name)
            s.time = (*s.time, s.tick, name if by > 0 else f"-{name}")
            s.tick = 0
            s.env[stmt.sym] = i
            for sym, start, each in counted:
                s.env[sym] = after(start, each, trips(lo, i, by))
            self.put(s.cell_of(stmt.sym), (), s.loops, Aff(i))
            self.block(stmt.body)
            if not all(isinstance(s.env.get(sym), isl.PwAff) for sym, _, _ in counted):
                raise NotProved("a counter that may wrap around")
        s.loops, s.time, s.tick = outer
        self.forget(changed)
        for sym, start, each in counted:
            s.env[sym] = after(start, each, trips(lo, hi, by))
        s.tick += 1
        self.block(stmt.orelse)

    def branch(self, stmt: If) -> None:
        s = self.s
        stmt, last = joined(stmt)
        where = condition(stmt.cond, s)
        changed = assigned((stmt,))
        guard: Term | None = None
        if where is None:
            if not is_bool(stmt.cond.type):
                raise NotProved(f"the truth value of a {stmt.cond.type}")
            cell = Cell(s.fresh("c"), "bool", (), None, s.loops)
            s.write(cell, (), s.loops, Values(s, s.loops).value(stmt.cond))
            s.tick += 1
            guard = s.read(cell, (), s.loops)
        env = dict(s.env)
        ends: list[dict[Sym, Known]] = []
        for body, truth in ((stmt.then, True), (stmt.orelse, False)):
            s.env = dict(env)
            before = s.guards
            if guard is not None:
                s.guards = (*before, guard if truth else negation(guard))
                self.block(body)
            else:
                assert where is not None
                with s.where(where if truth else where.complement()):
                    self.block(body)
            s.guards = before
            ends.append(s.env)
        s.env = env
        self.forget(changed)
        if guard is not None:
            self.join(guard, changed, ends)
        for each in last:
            s.tick += 1
            self.stmt(each)

    def join(self, guard: Term, changed: set[Sym], ends: list[dict[Sym, Known]]) -> None:
        """A variable that both branches set is one of two values, whatever it was before."""
        s = self.s
        for sym in sorted(changed, key=lambda x: x.name):
            sides = [end.get(sym) for end in ends]
            if isinstance(sym.type, (Array, ListOf)) or any(x is None for x in sides):
                continue
            terms = [self.side(each) for each in sides]
            s.tick += 1
            cell = s.cell_of(sym)
            self.put(cell, (), s.loops, choice(s.again(guard, s.loops), cell.dtype, *terms))

    def side(self, known: Known) -> Term:
        if isinstance(known, isl.PwAff):
            return Aff(known)
        assert isinstance(known, Cell)
        return self.s.read(known, (), self.s.loops)

    def check(self, cond: Expr) -> None:
        """The original raises unless `cond`, or is left alone; the candidate gives up."""
        for part in _conjuncts(cond):
            where = condition(part, self.s)
            if where is None:
                term = Values(self.s, self.s.loops).truth(part)
                self.s.demand(term, self.s.loops, "a condition of the original")
                continue
            if self.s.strict and self.is_original:
                if self.s.guards:
                    raise NotProved("a condition of the original in a branch")
                self.s.require(where, "a condition of the original")
                self.s.path = self.s.path.intersect(where)
            else:
                self.refuse(where)

    def refuse(self, where: isl.Set) -> None:
        """The candidate gives up unless `where`. In a branch on data nothing is known of that."""
        self.give_up(where.complement())
        if not self.s.guards:
            self.s.path = self.s.path.intersect(where)

    @property
    def is_original(self) -> bool:
        return self.s.model.side == "a"

    def give_up(self, where: isl.Set) -> None:
        """The candidate fails where the path meets `where`."""
        if not self.s.guards:
            self.forbidden.append(self.s.path.intersect(where))

    def fail(self) -> None:
        if not self.is_original:
            if self.s.guards:
                raise NotProved("a branch that gives up on data")
            self.give_up(self.s.path)
        else:
            self.s.require(self.s.path.complement(), "a failure of the original")


def _conjuncts(cond: Expr) -> list[Expr]:
    match cond:
        case Logic("and", a, b, _) | Binary("and", a, b, Num("bool")):
            return [*_conjuncts(a), *_conjuncts(b)]
        case _:
            return [cond]
