"""Reductions over axes of a lazy array. All but floating sums are plain loop nests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from loopwright.ir.nodes import (
    Assign,
    Binary,
    Break,
    Call,
    Cast,
    Compare,
    Const,
    Expr,
    If,
    Logic,
    Pt,
    ReduceOp,
    Reshape,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import B1, BOOL, Array, Num, kind_of
from loopwright.passes.scalarise_index import transposed
from loopwright.passes.scalarise_ints import ONE, ZERO, compare, const_of, negated, product
from loopwright.passes.scalarise_lazy import Index, Lazy, allocate, held, is_one, materialise, nest
from loopwright.passes.scalarise_plan import (
    COMBINE,
    Plan,
    accumulate,
    is_c,
    new_result,
    start_of,
    zero_of,
)
from loopwright.passes.scalarise_scope import Scope
from loopwright.passes.scalarise_sums import sums, total_sum


def reduced(
    scope: Scope, op: ReduceOp, x: Lazy, axes: tuple[int, ...] | None, elem: Num
) -> Lazy | Expr:
    """The reduction over `axes` (all if None) without the axes: a number, or an array in memory."""
    over = tuple(range(x.ndim)) if axes is None else tuple(sorted(a % x.ndim for a in axes))
    ordered = op == "sum" and kind_of(elem.dtype) in "fc"
    if isinstance(x.elem, Num) and kind_of(x.elem.dtype) == "c" and op in ("min", "max"):
        raise scope.decline("LW242", "the order of complex numbers is NumPy's own")
    order = x.order
    if order is None:
        if ordered:
            raise scope.decline("LW242", "the memory order of the summed array is not known")
        order = x.c_order
    memory = transposed(x, order)
    dropped = {k for k in range(x.ndim) if is_one(memory.shape[k])}
    inner = _squeezed(memory, dropped)
    left = [k for k in range(x.ndim) if k not in dropped]
    gone = tuple(p for p, k in enumerate(left) if order[k] in over)
    kept = tuple(p for p, k in enumerate(left) if order[k] not in over)
    plan = Plan(op, inner, gone, kept, elem)
    if op in ("min", "max"):
        for k in gone:
            if not _positive(inner.shape[k]):
                scope.check(compare("gt", inner.shape[k], ZERO), "reduction of nothing")
    names = [order[left[p]] for p in kept]
    logical = [a for a in range(x.ndim) if a not in over]
    if not logical:
        return total_sum(scope, plan) if ordered else _cell(scope, plan, ())
    result = sums(scope, plan) if ordered else _plain_array(scope, plan)
    return _expanded(result, logical, names)


def _positive(length: Expr) -> bool:
    return (const_of(length) or 0) > 0


def _squeezed(x: Lazy, dropped: set[int]) -> Lazy:
    """`x` without axes of constant length 1."""
    if not dropped:
        return replace(x, order=x.c_order)
    left = [k for k in range(x.ndim) if k not in dropped]

    def at(index: Index) -> Expr:
        places = dict(zip(left, index, strict=True))
        return x.at(tuple(places.get(k, ZERO) for k in range(x.ndim)))

    shape = tuple(x.shape[k] for k in left)
    return Lazy(shape, x.elem, at, x.cost, tuple(range(len(left))), x.dense)


def _expanded(result: Lazy, logical: list[int], names: list[int]) -> Lazy:
    """The result with its axes in logical order; those of constant length 1 come back."""
    if logical == names:
        return result
    order: tuple[int, ...] | None = tuple(logical.index(n) for n in names)
    if len(names) < len(logical):
        order = tuple(range(len(logical))) if names == sorted(names) else None

    def at(index: Index) -> Expr:
        places = dict(zip(logical, index, strict=True))
        return result.at(tuple(places[n] for n in names))

    lengths = dict(zip(names, result.shape, strict=True))
    shape = tuple(lengths.get(n, ONE) for n in logical)
    return Lazy(shape, result.elem, at, result.cost, order, result.dense)


def with_kept_axes(x: Lazy | Expr, ndim: int, axes: tuple[int, ...] | None) -> Lazy:
    """`keepdims=True`: reduced axes come back with length 1."""
    over = set(range(ndim)) if axes is None else {a % ndim for a in axes}
    if not isinstance(x, Lazy):
        value = x
        if not isinstance(value.type, Num):
            raise TypeError("a reduction gives a NumPy scalar")
        return Lazy((ONE,) * ndim, value.type, lambda _: value, 0, tuple(range(ndim)))
    source = x
    kept = [a for a in range(ndim) if a not in over]
    lengths = dict(zip(kept, x.shape, strict=True))

    def at(index: Index) -> Expr:
        return source.at(tuple(index[a] for a in kept))

    shape = tuple(lengths.get(a, ONE) for a in range(ndim))
    order = tuple(range(ndim)) if x.order == x.c_order else None
    return Lazy(shape, x.elem, at, x.cost, order, x.dense)


def _plain_array(scope: Scope, plan: Plan) -> Lazy:
    """A reduction whose order does not matter, with kept axes."""
    result = new_result(scope, plan, plan.op)
    if plan.x.ndim - 1 in plan.reduced or not plan.reduced:

        def cell(kept: Index) -> None:
            value = _cell(scope, plan, kept)
            scope.emit(Store(result, tuple(map(Pt, kept)), value, scope.span))

        nest(scope, plan.shape, cell)
    else:
        accumulate(scope, plan, result, start_of(plan))
    return held(result, plan.shape)


def _cell(scope: Scope, plan: Plan, kept: Index) -> Expr:
    """One result, in a variable."""
    if plan.op in ("any", "all"):
        return _search(scope, plan, kept)
    start = start_of(plan)
    first = plan.value(kept, [ZERO] * len(plan.reduced)) if start is None else start
    total = scope.temp(plan.op, first).sym

    def update(where: Index) -> None:
        value = Binary(COMBINE[plan.op], Var(total), plan.value(kept, where), plan.elem)
        scope.emit(Assign(total, value, scope.span))

    nest(scope, [plan.x.shape[k] for k in plan.reduced], update)
    if plan.op in ("min", "max") and kind_of(plan.elem.dtype) == "f":
        _demand_one_zero(scope, plan, kept, total)
    return Var(total)


def _demand_one_zero(scope: Scope, plan: Plan, kept: Index, total: Sym) -> None:
    """Fail if zeros of both signs are the least or the greatest: which one NumPy gives depends on the
    width of the machine's vectors."""
    with scope.when(Compare("eq", Var(total), zero_of(plan.elem), B1)):
        sign = scope.temp("sign", Call("np.signbit", (Var(total),), B1))

        def compare_signs(where: Index) -> None:
            value = plan.value(kept, where)
            other = Compare("ne", value, zero_of(plan.elem), B1)
            alike = Compare("eq", Call("np.signbit", (value,), B1), sign, B1)
            scope.check(Logic("or", other, alike, B1), "zeros of both signs")

        nest(scope, [plan.x.shape[k] for k in plan.reduced], compare_signs)


def _search(scope: Scope, plan: Plan, kept: Index) -> Expr:
    """`any` and `all` stop at the first element that decides."""
    wanted = plan.op == "any"
    found = scope.temp(plan.op, Const(not wanted, B1)).sym
    lengths = [plan.x.shape[k] for k in plan.reduced]

    def level(where: Index) -> None:
        if len(where) < len(lengths):
            with scope.loop(lengths[len(where)], "ijkpqr"[min(len(where), 5)]) as i:
                level((*where, i))
                if len(where) + 1 < len(lengths):
                    hit: Expr = Var(found)
                    if not wanted:
                        hit = negated(hit)
                    scope.emit(If(hit, (Break(scope.span),), (), scope.span))
            return
        value = Cast(plan.x.at(plan.index(kept, where)), B1)
        test: Expr = value if wanted else negated(value)
        with scope.when(test):
            scope.emit(Assign(found, Const(wanted, B1), scope.span))
            if where:
                scope.emit(Break(scope.span))

    level(())
    return Var(found)


def arg_reduced(scope: Scope, op: ReduceOp, x: Lazy, axis: int | None, elem: Num) -> Lazy | Expr:
    """`argmin` and `argmax`: the first of equals; the first NaN wins. Fails on an empty axis."""
    if isinstance(x.elem, Num) and kind_of(x.elem.dtype) == "c":
        raise scope.decline("LW242", "the order of complex numbers is NumPy's own")
    if axis is None and x.ndim > 1:
        x, axis = _in_one_row(scope, x), 0
    axis = (axis or 0) % x.ndim
    n = x.shape[axis]
    if not _positive(n):
        scope.check(compare("gt", n, ZERO), f"{op} of an empty sequence")
    stored = x.storage is not None
    if x.ndim == 1:
        return _first_best(scope, op, n, lambda i: x.at((i,)), elem, stored)
    shape = tuple(scope.simple("n", d) for k, d in enumerate(x.shape) if k != axis)
    result = allocate(scope, shape, elem, op)

    def cell(kept: Index) -> None:
        def at(i: Expr) -> Expr:
            return x.at((*kept[:axis], i, *kept[axis:]))

        best = _first_best(scope, op, n, at, elem, stored)
        scope.emit(Store(result, tuple(map(Pt, kept)), best, scope.span))

    nest(scope, shape, cell)
    return held(result, shape)


def _in_one_row(scope: Scope, x: Lazy) -> Lazy:
    source = materialise(scope, x, "terms") if not _flat_storage(x) else x
    assert source.storage is not None and isinstance(x.elem, Num)
    total = scope.simple("n", product(x.shape))
    row = Reshape(source.storage, (total,), Array(x.elem.dtype, 1))
    return held(scope.temp("row", row).sym, (total,))


def _flat_storage(x: Lazy) -> bool:
    return x.storage is not None and x.dense and is_c(x.storage)


def _first_best(
    scope: Scope, op: ReduceOp, n: Expr, at: Callable[[Expr], Expr], elem: Num, stored: bool
) -> Expr:
    """The position of the first element that none behind it beats; `stored`: reading one cannot fail."""
    best = scope.temp("best", at(ZERO))
    where = scope.temp("where", Const(0, elem)).sym
    floating = isinstance(best.type, Num) and kind_of(best.type.dtype) == "f"
    number = Compare("eq", best, best, B1)

    def found(i: Expr) -> Assign:
        return Assign(where, Cast(i, elem), scope.span)

    def search(beats: Callable[[Expr], Expr]) -> None:
        with scope.loop(n, "i", lo=ONE) as i:
            value = scope.temp("value", at(i))
            if floating and stored:
                # compilers keep a branch that leaves the loop, and with it the one for a new best
                with scope.when(Compare("ne", value, value, B1)):
                    scope.emit(found(i))
                    scope.emit(Break(scope.span))
            with scope.when(beats(value)):
                scope.emit(Assign(best.sym, value, scope.span))
                scope.emit(found(i))

    def better(value: Expr) -> Expr:
        return Compare("gt" if op == "argmax" else "lt", value, best, B1)

    def not_worse(value: Expr) -> Expr:
        worse = Compare("le" if op == "argmax" else "ge", value, best, B1)
        return Logic("and", number, negated(worse), BOOL)

    if floating and stored:
        with scope.when(number):
            search(better)
    else:
        search(not_worse if floating else better)
    return Var(where)
