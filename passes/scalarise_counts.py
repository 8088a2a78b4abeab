"""Counts, positions and scans: functions of NumPy that keep a state from element to element."""

from __future__ import annotations

from collections.abc import Sequence

from loopwright.ir.nodes import (
    Assign,
    Binary,
    BinaryOp,
    Cast,
    Const,
    Dim,
    Expr,
    Load,
    Pt,
    Reshape,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import B1, I64, INT, Array, Num
from loopwright.passes.scalarise_ints import (
    ONE,
    ZERO,
    as_int,
    compare,
    plus,
    product,
)
from loopwright.passes.scalarise_lazy import (
    Index,
    Lazy,
    allocate,
    held,
    materialise,
    nest,
)
from loopwright.passes.scalarise_scope import Scope

Args = Sequence[Lazy | Expr]


def number_of(x: Lazy | Expr) -> Expr:
    assert not isinstance(x, Lazy)
    return x


def array_of(x: Lazy | Expr) -> Lazy:
    assert isinstance(x, Lazy)
    return x


def in_type(value: Expr, elem: Num) -> Expr:
    return value if value.type == elem else Cast(value, elem)


def flatnonzero(scope: Scope, args: Args, elem: Num) -> Lazy:
    x = array_of(args[0])
    x = materialise(scope, x) if x.cost > 1 else x
    count = counted(scope, x)
    result = allocate(scope, (count,), I64, "positions")
    here, position = scope.temp("k", ZERO).sym, scope.temp("position", ZERO).sym

    def visit(index: Index) -> None:
        with scope.when(Cast(x.at(index), B1)):
            scope.emit(Store(result, (Pt(Var(here)),), Cast(Var(position), I64), scope.span))
            step(scope, here)
        step(scope, position)

    nest(scope, x.shape, visit)
    return held(result, (count,))


def step(scope: Scope, sym: Sym) -> None:
    """`sym += 1`."""
    scope.emit(Assign(sym, plus(Var(sym), ONE), scope.span))


def counted(scope: Scope, mask: Lazy) -> Expr:
    """How many elements are true."""
    count = scope.temp("count", ZERO).sym
    scope.counters.add(count)

    def visit(index: Index) -> None:
        with scope.when(Cast(mask.at(index), B1)):
            step(scope, count)

    nest(scope, mask.shape, visit)
    return Var(count)


def bincount(scope: Scope, args: Args, elem: Num) -> Lazy:
    """Also with weights, which are added in order. Fails on a negative number, as NumPy does."""
    x = array_of(args[0])
    weights = array_of(args[1]) if len(args) == 3 else None
    least_length = as_int(number_of(args[-1]))
    x = materialise(scope, x) if x.cost else x
    if weights is not None:
        scope.demand_equal(x.shape[0], weights.shape[0])
        scope.check(compare("gt", x.shape[0], ZERO), "weighted counts of nothing are integers")
    scope.demand_length(least_length)
    size = scope.temp("size", least_length).sym
    with scope.loop(x.shape[0], "i") as i:
        value = as_int(x.at((i,)))
        scope.check(compare("ge", value, ZERO), "bincount of a negative number")
        with scope.when(compare("ge", value, Var(size))):
            scope.emit(Assign(size, plus(value, ONE), scope.span))
    result = allocate(scope, (Var(size),), elem, "counts")
    zero = Const(0 if weights is None else 0.0, elem)
    with scope.loop(Var(size), "i") as i:
        scope.emit(Store(result, (Pt(i),), zero, scope.span))
    with scope.loop(x.shape[0], "i") as i:
        place = (Pt(as_int(x.at((i,)))),)
        more = Const(1, elem) if weights is None else in_type(weights.at((i,)), elem)
        total = Binary("add", Load(Var(result), place, elem), more, elem)
        scope.emit(Store(result, place, total, scope.span))
    return held(result, (Dim(Var(result), 0, INT),))


def scanned(scope: Scope, op: str, x: Lazy, axis: int | None, elem: Num) -> Lazy:
    """`cumsum` and `cumprod`: one after the other along the axis, as NumPy does."""
    combine: BinaryOp = "add" if op == "sum" else "mul"
    if axis is None and x.ndim > 1:
        source = materialise(scope, x)
        assert source.storage is not None and isinstance(x.elem, Num)
        total = scope.simple("n", product(x.shape))
        row = Reshape(source.storage, (total,), Array(x.elem.dtype, 1))
        x = held(scope.temp("row", row).sym, (total,))
    along = (axis or 0) % x.ndim
    shape = tuple(scope.simple("n", d) for d in x.shape)
    result = allocate(scope, shape, elem, "scan")
    others = [d for k, d in enumerate(shape) if k != along]

    def line(where: Index) -> None:
        def whole(i: Expr) -> Index:
            return (*where[:along], i, *where[along:])

        with scope.when(compare("gt", shape[along], ZERO)):
            total = scope.temp("total", in_type(x.at(whole(ZERO)), elem)).sym
            scope.emit(Store(result, tuple(map(Pt, whole(ZERO))), Var(total), scope.span))
            with scope.loop(shape[along], "i", lo=ONE) as i:
                more = in_type(x.at(whole(i)), elem)
                scope.emit(Assign(total, Binary(combine, Var(total), more, elem), scope.span))
                scope.emit(Store(result, tuple(map(Pt, whole(i))), Var(total), scope.span))

    nest(scope, others, line)
    return held(result, shape)
