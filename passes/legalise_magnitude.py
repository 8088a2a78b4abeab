"""One test before a loop in place of an overflow test in each iteration.

Legality: for an integer expression inside a loop, an upper bound of its absolute value over all iterations is
written as a floating-point expression over variables that the loop does not assign: |a + b| <= |a| + |b|,
|a * b| <= |a| * |b|, an iterator lies between the ends of its range, a variable is one of the values that the
loop assigns to it. Where the bound is below 9.2e18 nothing overflows. The test may fail for loops that would
not have overflowed, which then run as they are written; it never passes for one that would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from loopwright.analysis.liveness import carried
from loopwright.analysis.range_expr import of_type
from loopwright.analysis.scope import Frame
from loopwright.ir.nodes import (
    Assign,
    Binary,
    BinaryOp,
    Call,
    Cast,
    Const,
    Dim,
    Draw,
    Expr,
    For,
    Invoke,
    Select,
    Sym,
    Unary,
    Var,
)
from loopwright.ir.types import F64, I64, Num, Py, kind_of
from loopwright.ir.walk import Body, walk_stmts
from loopwright.passes.legalise_build import Build, binary, number, to

SAFE = 9.2e18
"""Below 2**63 by more than the rounding of a bound's evaluation in double precision."""

EXACT = 9e15
"""Below 2**53 by as much: floats of all integers up to there are exact."""

_LARGE = 2.0**53
_TERMS = 24


def hoisted(b: Build, expr: Expr, limit: float = SAFE) -> bool:
    """Whether a guard before a loop around was set that shows that the int `expr` is below the limit.

    The outermost loop for which there is a bound gets it.
    """
    for small, frame in zip(b.small, b.scope.loops, strict=True):
        loop = _Loop(*_assigned(frame))
        bound = loop.bound(b, expr)
        if bound is None:
            continue
        if loop.terms > _TERMS or (isinstance(bound, Const) and _value(bound) >= limit):
            return False
        small[bound] = min(limit, small.get(bound, limit))
        return True
    return False


def largest(bounds: Mapping[Expr, float]) -> list[tuple[Expr, float]]:
    """Each bound with its limit, without those that are terms of the sum of another one that must be as
    small, as none is negative."""
    implied: dict[Expr, float] = {}
    for bound, limit in bounds.items():
        for term in _inner_terms(bound):
            implied[term] = min(limit, implied.get(term, limit))
    return [(e, limit) for e, limit in bounds.items() if e not in implied or implied[e] > limit]


def _inner_terms(bound: Expr) -> Iterator[Expr]:
    match bound:
        case Binary("add", x, y):
            yield from (x, y)
            yield from _inner_terms(x)
            yield from _inner_terms(y)


@dataclass(slots=True)
class _Loop:
    """What one loop assigns: to its iterators the ends of their ranges, to others the values. `entering` are
    variables whose value from before the loop, or from the iteration before, may be read."""

    values: Mapping[Sym, tuple[Expr | None, ...]]
    entering: frozenset[Sym]
    busy: set[Sym] = field(default_factory=set)
    terms: int = 0

    def bound(self, b: Build, e: Expr) -> Expr | None:
        """Of |e|, over what is known before the loop; None if there is none."""
        self.terms += 1
        match e:
            case Const(bool() | int() as value):
                return number(abs(float(value)))
            case Var(sym):
                return self._variable(b, sym)
            case Dim(Var(sym), axis) if sym not in self.values:
                return to(Dim(Var(b.sym(sym)), axis, I64), "float64")
            case Binary("add" | "sub", x, y, Py("int")) | Select(_, x, y, Py("int")):
                return self._both(b, "add", x, y)
            case Binary("mul", x, y, Py("int")):
                return self._both(b, "mul", x, y)
            case Binary("floordiv", x, _, Py("int")) | Unary("neg" | "pos", x, Py("int")):
                return self.bound(b, x)  # a divisor is a whole number other than 0
            case Binary("mod", _, y, Py("int")):
                return self.bound(b, y)
            case Cast(x, Py("int")) if _whole(x):
                return self.bound(b, x)
            case Call("abs", (x,), Py("int")):
                return self.bound(b, x)
            case Call("min2" | "max2", (x, y), Py("int")):
                return self._both(b, "add", x, y)
            case _:
                return _of_dtype(e)

    def _both(self, b: Build, op: BinaryOp, x: Expr, y: Expr) -> Expr | None:
        left = self.bound(b, x)
        right = None if left is None else self.bound(b, y)
        if left is None or right is None:
            return None
        return _folded(op, left, right)

    def _variable(self, b: Build, sym: Sym) -> Expr | None:
        if sym not in self.values:
            return _absolute(b, sym) if _whole(Var(sym)) else None
        if sym in self.busy or sym in self.entering:
            return None
        self.busy.add(sym)
        total: Expr | None = number(0.0)
        for value in self.values[sym]:
            one = None if value is None else self.bound(b, value)
            if one is None or total is None:
                total = None
                break
            total = _folded("add", total, one)
        self.busy.discard(sym)
        return total


@lru_cache(maxsize=64)
def _assigned(frame: Frame) -> tuple[Mapping[Sym, tuple[Expr | None, ...]], frozenset[Sym]]:
    """What the loop of a frame assigns, and the variables that come in from outside of an iteration."""
    found: dict[Sym, tuple[Expr | None, ...]] = {}
    for sym, values in _assignments((frame.loop,)):
        found[sym] = (*found.get(sym, ()), *values)
    return found, carried(frame.loop)


def _assignments(body: Body) -> Iterator[tuple[Sym, tuple[Expr | None, ...]]]:
    for stmt in walk_stmts(body):
        match stmt:
            case Assign(sym, value):
                yield sym, (value,)
            case For(sym, lo, hi):
                yield sym, (lo, hi)
            case Invoke(targets):
                yield from ((target, (None,)) for target in targets)
            case Draw(target):
                yield target, (None,)


def _whole(e: Expr) -> bool:
    match e.type:
        case Py("int" | "bool"):
            return True
        case Num(dtype):
            return kind_of(dtype) in "iub"
        case _:
            return False


def _absolute(b: Build, sym: Sym) -> Expr:
    return Call("abs", (to(Var(b.sym(sym)), "float64"),), F64)


def _of_dtype(e: Expr) -> Expr | None:
    """What the type alone says: narrow integers."""
    if not _whole(e):
        return None
    known = of_type(e.type)
    largest = _LARGE if known is None else float(max(abs(known.lo), abs(known.hi)))
    return number(largest) if largest < _LARGE else None


def _value(x: Const) -> float:
    assert isinstance(x.value, float)
    return x.value


def _folded(op: BinaryOp, x: Expr, y: Expr) -> Expr:
    match op, x, y:
        case "add", Const(float() as p), Const(float() as q):
            return number(p + q)
        case "mul", Const(float() as p), Const(float() as q):
            return number(p * q)
        case ("add", other, Const(0.0)) | ("add", Const(0.0), other):
            return other
        case ("mul", other, Const(1.0)) | ("mul", Const(1.0), other):
            return other
        case "add", _, _:
            return binary("add", x, y)
        case _:
            return binary("mul", x, y)
