"""Sums of floating numbers, in NumPy's order.

NumPy walks the memory of its operand from the slowest axis to the fastest. If the fastest axes are
reduced, each run along them is summed pairwise and the runs are added up in order; if not, the sum is
accumulated element by element. Axes of length 1 do not count, so where an axis may turn out to have
length 1 the code looks.
"""

from __future__ import annotations

from loopwright.ir.nodes import (
    Assign,
    Binary,
    Cast,
    Expr,
    IndexItem,
    Load,
    Pt,
    Reshape,
    Slc,
    Store,
    Var,
)
from loopwright.ir.types import Array, Num
from loopwright.passes.scalarise_ints import ONE, ZERO, compare, const_of, integer, product
from loopwright.passes.scalarise_lazy import Index, Lazy, held, materialise, nest
from loopwright.passes.scalarise_pairwise import run_sum
from loopwright.passes.scalarise_plan import Plan, accumulate, is_c, new_result, zero_of
from loopwright.passes.scalarise_scope import Scope

BUFFER = 8192
"""Elements of NumPy's iterator buffer: beyond it, the order of a sum over gaps depends on it."""


def total_sum(scope: Scope, plan: Plan) -> Expr:
    """The sum of all elements: one run, if there are no gaps."""
    x = plan.x
    if x.ndim == 0:
        value = plan.value((), ())
    else:
        value = run_sum(scope, _flat(scope, _typed(plan)))
    zero = zero_of(plan.elem)
    return Binary("add", zero, value, plan.elem)


def _typed(plan: Plan) -> Lazy:
    """The operand with elements of the type of the result."""
    x = plan.x
    if x.elem == plan.elem:
        return x
    return Lazy(x.shape, plan.elem, lambda i: Cast(x.at(i), plan.elem), x.cost, x.order, x.dense)


def _flat(scope: Scope, x: Lazy) -> Lazy:
    """All elements in one row; where there are gaps NumPy buffers them."""
    if x.ndim == 1:
        return x
    total = scope.simple("n", product(x.shape))
    if not x.dense:
        scope.check(compare("le", total, integer(BUFFER)), "sum over gaps beyond one buffer")
    whole = x.storage is not None and x.dense and is_c(x.storage)
    source = x if whole else materialise(scope, x, "terms")
    assert source.storage is not None and isinstance(x.elem, Num)
    row = Reshape(source.storage, (total,), Array(x.elem.dtype, 1))
    return held(scope.temp("row", row).sym, (total,))


def sums(scope: Scope, plan: Plan) -> Lazy:
    """Sums with kept axes."""
    last = plan.x.ndim - 1
    if plan.reduced and last in plan.reduced:
        return _sum_runs(scope, plan)
    return _sum_rows(scope, plan)


def _sum_runs(scope: Scope, plan: Plan) -> Lazy:
    """The fastest axes are reduced: pairwise runs, added up in order."""
    x = _typed(plan)
    count = 0
    while x.ndim - 1 - count in plan.reduced:
        count += 1
    outer = plan.reduced[: len(plan.reduced) - count]
    first = x.ndim - count
    if outer:
        between = [x.shape[k] for k in plan.kept if k > outer[-1]]
        _demand_wide(scope, between)
    if count > 1:
        x = _merged(scope, x, first)
    result = new_result(scope, plan, "sums")

    def cell(kept: Index) -> None:
        def add(where: Index) -> Expr:
            places = dict(zip((*plan.kept, *outer), (*kept, *where), strict=True))
            prefix = tuple(places[k] for k in range(first))
            return run_sum(scope, _tail(scope, x, prefix))

        if not outer:
            value: Expr = Binary("add", zero_of(plan.elem), add(()), plan.elem)
            scope.emit(Store(result, tuple(map(Pt, kept)), value, scope.span))
            return
        total = scope.temp("total", zero_of(plan.elem)).sym

        def accumulate(where: Index) -> None:
            value = Binary("add", Var(total), add(where), plan.elem)
            scope.emit(Assign(total, value, scope.span))

        nest(scope, [x.shape[k] for k in outer], accumulate)
        scope.emit(Store(result, tuple(map(Pt, kept)), Var(total), scope.span))

    nest(scope, plan.shape, cell)
    return held(result, plan.shape)


def _merged(scope: Scope, x: Lazy, first: int) -> Lazy:
    """`x` in memory with the axes from `first` on merged into one."""
    run = scope.simple("run", product(x.shape[first:]))
    if not x.dense:
        scope.check(compare("le", run, integer(BUFFER)), "sum over gaps beyond one buffer")
    x = materialise(scope, x, "terms")
    assert x.storage is not None and isinstance(x.elem, Num)
    shape = (*x.shape[:first], run)
    view = Reshape(x.storage, shape, Array(x.elem.dtype, len(shape)))
    return held(scope.temp("rows", view).sym, shape)


def _tail(scope: Scope, x: Lazy, prefix: Index) -> Lazy:
    """The row of `x` at a prefix of the index."""
    storage: Expr | None = None
    if x.storage is not None and is_c(x.storage) and isinstance(x.elem, Num):
        items: tuple[IndexItem, ...] = (*map(Pt, prefix), Slc())
        storage = Load(x.storage, items, Array(x.elem.dtype, 1))
    return Lazy(
        (x.shape[-1],), x.elem, lambda i: x.at((*prefix, *i)), x.cost, (0,), True, storage=storage
    )


def _sum_rows(scope: Scope, plan: Plan) -> Lazy:
    """The fastest axis is kept: element by element, unless the kept ones behind have length 1."""
    result = new_result(scope, plan, "sums")
    x = _typed(plan)
    behind = [x.shape[k] for k in plan.kept if not plan.reduced or k > plan.reduced[-1]]
    if x.ndim == 2 and plan.reduced:
        with scope.when(compare("eq", behind[0], ONE)) as orelse:
            column = Lazy((x.shape[0],), x.elem, lambda i: x.at((i[0], ZERO)), x.cost, (0,))
            total = Binary("add", zero_of(plan.elem), run_sum(scope, column), plan.elem)
            scope.emit(Store(result, (Pt(ZERO),), total, scope.span))
            with scope.block() as wide:
                accumulate(scope, plan, result, zero_of(plan.elem))
            orelse.extend(wide)
        return held(result, plan.shape)
    if plan.reduced:
        _demand_wide(scope, behind)
    accumulate(scope, plan, result, zero_of(plan.elem))
    return held(result, plan.shape)


def _demand_wide(scope: Scope, lengths: list[Expr]) -> None:
    """Fail if all lengths are 1."""
    if any(const_of(d) not in (None, 1) for d in lengths):
        return
    total = product(tuple(lengths))
    scope.check(compare("ne", total, ONE), "axes of length 1 change the order of the sum")
