"""The state of `legalise` inside one function: what is emitted, and what is known at this point."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from loopwright.analysis.affine import condition as affine_condition
from loopwright.analysis.bounds import Bounds, Placed, Sets
from loopwright.analysis.constraints import Constraint, Guard, Side, sides
from loopwright.analysis.interval import Interval, within
from loopwright.analysis.range_expr import Env, Ranges, of_type
from loopwright.analysis.scope import Scope
from loopwright.diagnostics import CannotLower, Declined, Span
from loopwright.ir.nodes import (
    Assign,
    Binary,
    BinaryOp,
    Call,
    Cast,
    Check,
    Compare,
    CompareOp,
    Const,
    Dim,
    Expr,
    Func,
    If,
    Logic,
    Select,
    Stmt,
    Sym,
    Unary,
    Var,
)
from loopwright.ir.types import (
    B1,
    F64,
    I64,
    Array,
    DType,
    ListOf,
    Num,
    Py,
    Rng,
    Type,
    kind_of,
    machine_dtype,
)
from loopwright.ir.walk import symbols, unused

TRUE = Const(True, B1)
FALSE = Const(False, B1)


def refuse(at: Span, code: str, why: str) -> CannotLower:
    return CannotLower(Declined(at, code, why))


def low_type(t: Type, at: Span) -> Type:
    """The machine type; lists become C-contiguous arrays. Of a string or None nothing is read."""
    match t:
        case Py("none" | "str"):
            return Num("bool")
        case Array() | Rng():
            return t
        case ListOf(_, ndim):
            return Array(machine_dtype(t), ndim)
        case Num() | Py("int" | "float" | "bool" | "complex"):
            return Num(machine_dtype(t))
        case _:
            raise refuse(at, "LW306", f"{t} has no machine representation")


@dataclass
class Build:
    """`out` is the block being written. For each loop around: `pending` are the guards that go before
    it, `small` the bounds with the limits that they must stay below, `broke` the flag that its breaks set,
    `lines` the positions that are tested at its ends, `chosen` how many conditions inside of it are around.
    `calls` are the ranges of arguments of called functions. `range_checks` counts the tests that shorter
    arrays might make needless. `points` are the positions that the present statement has computed."""

    func: Func
    ranges: Ranges
    span: Span
    out: list[Stmt] = field(default_factory=list)
    env: Env = field(default_factory=dict)
    syms: dict[Sym, Sym] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    range_checks: int = 0
    pending: list[list[Placed]] = field(default_factory=list)
    small: list[dict[Expr, float]] = field(default_factory=list)
    broke: list[Sym | None] = field(default_factory=list)
    lines: list[dict[tuple[Expr, Dim], None]] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)
    calls: dict[str, list[tuple[Interval, ...]]] = field(default_factory=dict)
    points: dict[tuple[Sym, int, Expr], Expr] = field(default_factory=dict)
    sets: Sets = field(default_factory=Sets)

    def __post_init__(self) -> None:
        self.scope = Scope(self.interval, self.is_exact)
        self.bounds = Bounds(self.scope, self.sets)
        self.taken.update(s.name for s in symbols(self.func))

    # ------------------------------------------------------------ knowledge

    def interval(self, expr: Expr) -> Interval:
        """Of a high-level int expression at this point."""
        return self.ranges.at(expr, self.env)

    def is_exact(self, expr: Expr) -> bool:
        """Whether the integer result of a high-level expression is the mathematical one: always for
        Python ints, for fixed width if it cannot wrap."""
        if isinstance(expr.type, Py):
            return True
        found, bound = self.ranges.exact(expr, self.env), of_type(expr.type)
        return found is not None and bound is not None and within(found, bound)

    def proves(self, cond: Expr) -> bool:
        """Whether the high-level condition on ints certainly holds here."""
        fails = affine_condition(cond, False, self.scope.reader)
        return fails is not None and self.bounds.impossible(fails)

    def nonzero(self, expr: Expr) -> bool:
        """Whether a high-level int is certainly not zero."""
        known = self.interval(expr)
        if not known.lo <= 0 <= known.hi:
            return True
        return self.proves(_is_not_zero(expr))

    def learn_nonzero(self, expr: Expr) -> None:
        """After a check that the high-level int is not zero."""
        self.scope.assume(_is_not_zero(expr))

    def fits(self, expr: Expr, lo: int, hi: int) -> bool:
        return within(self.interval(expr), Interval(lo, hi))

    # ------------------------------------------------------------ emission

    def emit(self, stmt: Stmt) -> None:
        self.out.append(stmt)

    @contextmanager
    def block(self) -> Iterator[list[Stmt]]:
        """Statements emitted inside go to the list."""
        saved, self.out = self.out, []
        points = dict(self.points)
        try:
            yield self.out
        finally:
            self.out, self.points = saved, points

    @contextmanager
    def when(self, cond: Expr, truth: bool) -> Iterator[list[Stmt]]:
        """As `block`, knowing that the high-level `cond` came out as `truth`."""
        env = self.env
        self.env = self.ranges.refine(env, cond, truth)
        for level in range(len(self.chosen)):
            self.chosen[level] += 1
        try:
            with self.scope.branch(), self.block() as stmts:
                self.scope.assume(cond, truth)
                yield stmts
        finally:
            self.env = env
            for level in range(len(self.chosen)):
                self.chosen[level] -= 1

    def check(self, cond: Expr, reason: str) -> None:
        """Fail unless `cond`; nothing where that is plain."""
        if cond != TRUE:
            self.emit(Check(cond, reason, self.span))

    def sym(self, high: Sym) -> Sym:
        """The low-level variable of a high-level one."""
        if high not in self.syms:
            low = low_type(high.type, self.span)
            self.syms[high] = high if low == high.type else Sym(high.name, low)
        return self.syms[high]

    def fresh(self, name: str, t: Type) -> Sym:
        sym = Sym(unused(name, self.taken), t)
        self.taken.add(sym.name)
        return sym

    def atom(self, x: Expr, name: str = "t") -> Expr:
        """`x` as something that may be repeated: a temporary unless it is a variable or a constant."""
        if isinstance(x, (Var, Const)) or (isinstance(x, Dim) and isinstance(x.x, Var)):
            return x
        sym = self.fresh(name, x.type)
        self.emit(Assign(sym, x, self.span))
        return Var(sym)

    def choose(self, cond: Expr, then: tuple[list[Stmt], Expr], orelse: tuple[list[Stmt], Expr],
               t: Type) -> Expr:  # fmt: skip
        """`then` where `cond` holds, else `orelse`; an `If` where one of them has statements."""
        if not then[0] and not orelse[0]:
            return select(cond, then[1], orelse[1])
        sym = self.fresh("t", t)
        sides = [(*s, Assign(sym, value, self.span)) for s, value in (then, orelse)]
        self.emit(If(cond, sides[0], sides[1], self.span))
        return Var(sym)

    # ------------------------------------------------------------ guards

    def guards(self, placed: list[Placed]) -> None:
        """Checks before a loop for the accesses inside it."""
        for guard in self.bounds.merge(placed):
            self.check(self._any(guard), "index out of range")

    def _any(self, guard: Guard) -> Expr:
        cond: Expr | None = None
        if () in guard:
            return TRUE
        for rows in guard:
            piece: Expr | None = None
            for row in rows:
                one = self._row(row)
                piece = one if piece is None else Logic("and", piece, one, B1)
            if piece is not None:
                cond = piece if cond is None else Logic("or", cond, piece, B1)
        return TRUE if cond is None else cond

    def _row(self, row: Constraint) -> Expr:
        found = sides(row)
        assert found is not None
        left, right, op = found
        return compare(op, self._sum(left), self._sum(right))

    def _sum(self, side: Side) -> Expr:
        """Positive terms before those that are taken off, so that the text reads as one would write it."""
        terms, constant = side
        total: Expr | None = None
        for factor, atom in sorted(terms, key=lambda t: t[0] < 0):
            term = self._term(abs(factor), atom.source)
            if total is None:
                total = term if factor > 0 else binary("sub", integer(0), term)
            else:
                total = binary("add" if factor > 0 else "sub", total, term)
        if total is None:
            return integer(constant)
        if constant == 0:
            return total
        op: BinaryOp = "add" if constant > 0 else "sub"
        return binary(op, total, integer(abs(constant)))

    def _term(self, factor: int, source: Expr | None) -> Expr:
        match source:
            case Var(sym):
                x: Expr = to(Var(self.sym(sym)), "int64")
            case Dim(Var(sym), axis, _):
                x = Dim(Var(self.sym(sym)), axis, I64)
            case _:
                raise AssertionError("a guard over something that no expression computes")
        return x if factor == 1 else binary("mul", integer(factor), x)


def _is_not_zero(expr: Expr) -> Expr:
    return Compare("ne", expr, Const(0, Py("int")), Py("bool"))


# ---------------------------------------------------------------- machine expressions


def dtype_of(x: Expr) -> DType:
    assert isinstance(x.type, (Num, Array))
    return x.type.dtype


def integer(value: int) -> Const:
    return Const(value, I64)


def number(value: float) -> Const:
    return Const(value, F64)


def binary(op: BinaryOp, a: Expr, b: Expr) -> Expr:
    """An operation that keeps the dtype of its operands."""
    return Binary(op, a, b, a.type)


def compare(op: CompareOp, a: Expr, b: Expr) -> Expr:
    return Compare(op, a, b, B1)


def conj(*conds: Expr) -> Expr:
    """All of them, evaluated left to right."""
    kept = [c for c in conds if c != TRUE]
    if not kept:
        return TRUE
    out = kept[0]
    for c in kept[1:]:
        out = Logic("and", out, c, B1)
    return out


def disj(*conds: Expr) -> Expr:
    out = conds[0]
    for c in conds[1:]:
        out = Logic("or", out, c, B1)
    return out


def negate(cond: Expr) -> Expr:
    match cond:
        case Const(bool() as value, _):
            return Const(not value, B1)
        case Unary("not", x, _):
            return x
        case _:
            return Unary("not", cond, B1)


def select(cond: Expr, a: Expr, b: Expr) -> Expr:
    if a == b:
        return a
    match cond:
        case Const(bool() as value, _):
            return a if value else b
        case _:
            return Select(cond, a, b, a.type)


def test(fn: str, *args: Expr) -> Expr:
    """A predicate."""
    return Call(fn, args, B1)


def to(x: Expr, dtype: DType) -> Expr:
    """C conversion between machine numbers; from float to integer only where it is in range."""
    if dtype_of(x) == dtype:
        return x
    if isinstance(x, Const) and isinstance(x.value, (bool, int, float)):
        if kind_of(dtype) == "f":
            with np.errstate(all="ignore"):
                return Const(float(np.dtype(dtype).type(x.value)), Num(dtype))
        if kind_of(dtype) in "iu" and isinstance(x.value, (bool, int)):
            return Const(int(np.int64(x.value).astype(dtype)), Num(dtype))
    return Cast(x, Num(dtype))


def truth(x: Expr) -> Expr:
    """`bool(x)` of a machine number; NaN is true."""
    if dtype_of(x) == "bool":
        return x
    zero: dict[str, bool | int | float | complex] = {"i": 0, "u": 0, "f": 0.0, "c": 0j}
    return compare("ne", x, Const(zero[kind_of(dtype_of(x))], x.type))
