"""Reductions over axes of a lazy array, in NumPy's order.

NumPy walks the memory of its operand from the slowest axis to the fastest. If the fastest axes are
reduced, each run along them is summed pairwise and the runs are added up in order; if not, the sum is
accumulated element by element. Axes of length 1 do not count, so where an axis may turn out to have
length 1 the code looks. Everything but a floating sum is one plain loop nest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from loopwright.ir.nodes import (
    Assign,
    Binary,
    BinaryOp,
    Break,
    Call,
    Cast,
    Compare,
    Const,
    Expr,
    If,
    Load,
    Logic,
    Pt,
    ReduceOp,
    Reshape,
    Slc,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import B1, BOOL, Array, Num, kind_of
from loopwright.passes.scalarise_index import transposed
from loopwright.passes.scalarise_ints import (
    ONE,
    ZERO,
    compare,
    const_of,
    integer,
    negated,
    product,
)
from loopwright.passes.scalarise_lazy import (
    Index,
    Lazy,
    allocate,
    held,
    is_one,
    materialise,
    nest,
)
from loopwright.passes.scalarise_pairwise import run_sum
from loopwright.passes.scalarise_scope import Scope

BUFFER = 8192
"""Elements of NumPy's iterator buffer: beyond it, the order of a sum over gaps depends on it."""

_COMBINE: dict[ReduceOp, BinaryOp] = {
    "sum": "add",
    "prod": "mul",
    "min": "minimum",
    "max": "maximum",
    "any": "or",
    "all": "and",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A reduction of `x`, whose axes stand in memory order: `reduced` and `kept` are its positions.

    `result` lists the positions of `kept` in the order of the result's axes.
    """

    op: ReduceOp
    x: Lazy
    reduced: tuple[int, ...]
    kept: tuple[int, ...]
    elem: Num

    @property
    def shape(self) -> tuple[Expr, ...]:
        """Lengths of the kept axes."""
        return tuple(self.x.shape[k] for k in self.kept)

    def index(self, kept: Sequence[Expr], reduced: Sequence[Expr]) -> Index:
        """The whole index from the indices of kept and of reduced axes."""
        places = dict(zip((*self.kept, *self.reduced), (*kept, *reduced), strict=True))
        return tuple(places[k] for k in range(self.x.ndim))

    def value(self, kept: Sequence[Expr], reduced: Sequence[Expr]) -> Expr:
        """An element, in the type of the result."""
        found = self.x.at(self.index(kept, reduced))
        if found.type == self.elem:
            return found
        return Cast(found, self.elem)


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
        return _total(scope, plan) if ordered else _cell(scope, plan, ())
    result = _ordered_array(scope, plan) if ordered else _plain_array(scope, plan)
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


# ------------------------------------------------------------- sums of floating numbers


def _total(scope: Scope, plan: Plan) -> Expr:
    """The sum of all elements: one run, if there are no gaps."""
    x = plan.x
    if x.ndim == 0:
        value = plan.value((), ())
    else:
        value = run_sum(scope, _flat(scope, _typed(plan)))
    zero = _zero(plan.elem)
    return Binary("add", zero, value, plan.elem)


def _zero(elem: Num) -> Const:
    return Const(0j if kind_of(elem.dtype) == "c" else 0.0, elem)


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
    whole = x.storage is not None and x.dense and _is_c(x.storage)
    source = x if whole else materialise(scope, x, "terms")
    assert source.storage is not None and isinstance(x.elem, Num)
    row = Reshape(source.storage, (total,), Array(x.elem.dtype, 1))
    return held(scope.temp("row", row).sym, (total,))


def _is_c(storage: Expr) -> bool:
    return isinstance(storage.type, Array) and storage.type.layout == "C"


def _ordered_array(scope: Scope, plan: Plan) -> Lazy:
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
    result = _new_result(scope, plan, "sums")

    def cell(kept: Index) -> None:
        def add(where: Index) -> Expr:
            places = dict(zip((*plan.kept, *outer), (*kept, *where), strict=True))
            prefix = tuple(places[k] for k in range(first))
            return run_sum(scope, _tail(scope, x, prefix))

        if not outer:
            value: Expr = Binary("add", _zero(plan.elem), add(()), plan.elem)
            scope.emit(Store(result, tuple(map(Pt, kept)), value, scope.span))
            return
        total = scope.temp("total", _zero(plan.elem)).sym

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
    if x.storage is not None and _is_c(x.storage) and isinstance(x.elem, Num):
        items = (*map(Pt, prefix), Slc())
        storage = Load(x.storage, items, Array(x.elem.dtype, 1))
    return Lazy(
        (x.shape[-1],), x.elem, lambda i: x.at((*prefix, *i)), x.cost, (0,), True, storage=storage
    )


def _sum_rows(scope: Scope, plan: Plan) -> Lazy:
    """The fastest axis is kept: element by element, unless the kept ones behind have length 1."""
    result = _new_result(scope, plan, "sums")
    x = _typed(plan)
    behind = [x.shape[k] for k in plan.kept if not plan.reduced or k > plan.reduced[-1]]
    if x.ndim == 2 and plan.reduced:
        with scope.when(compare("eq", behind[0], ONE)) as orelse:
            column = Lazy((x.shape[0],), x.elem, lambda i: x.at((i[0], ZERO)), x.cost, (0,))
            total = Binary("add", _zero(plan.elem), run_sum(scope, column), plan.elem)
            scope.emit(Store(result, (Pt(ZERO),), total, scope.span))
            with scope.block() as wide:
                _accumulate(scope, plan, result, _zero(plan.elem))
            orelse.extend(wide)
        return held(result, plan.shape)
    if plan.reduced:
        _demand_wide(scope, behind)
    _accumulate(scope, plan, result, _zero(plan.elem))
    return held(result, plan.shape)


def _demand_wide(scope: Scope, lengths: list[Expr]) -> None:
    """Fail if all lengths are 1."""
    if any(const_of(d) not in (None, 1) for d in lengths):
        return
    total = product(tuple(lengths))
    scope.check(compare("ne", total, ONE), "axes of length 1 change the order of the sum")


# ------------------------------------------------------------------ everything else


def _new_result(scope: Scope, plan: Plan, name: str) -> Sym:
    shape = tuple(scope.simple("n", d) for d in plan.shape)
    return allocate(scope, shape, plan.elem, name)


def _plain_array(scope: Scope, plan: Plan) -> Lazy:
    """A reduction whose order does not matter, with kept axes."""
    result = _new_result(scope, plan, plan.op)
    if plan.x.ndim - 1 in plan.reduced or not plan.reduced:

        def cell(kept: Index) -> None:
            value = _cell(scope, plan, kept)
            scope.emit(Store(result, tuple(map(Pt, kept)), value, scope.span))

        nest(scope, plan.shape, cell)
    else:
        _accumulate(scope, plan, result, _start(plan))
    return held(result, plan.shape)


def _start(plan: Plan) -> Const | None:
    """The neutral element; None for `min` and `max`, which start from the first element."""
    match plan.op:
        case "sum" | "prod":
            one = plan.op == "prod"
            kind = kind_of(plan.elem.dtype)
            number = {"f": float(one), "c": complex(one), "b": one}.get(kind, int(one))
            return Const(number, plan.elem)
        case "any" | "all":
            return Const(plan.op == "all", plan.elem)
        case _:
            return None


def _accumulate(scope: Scope, plan: Plan, result: Sym, start: Const | None) -> None:
    """Loops in memory order that update all results at once."""

    def begin(kept: Index) -> None:
        first = [ZERO] * len(plan.reduced)
        value = plan.value(kept, first) if start is None else start
        scope.emit(Store(result, tuple(map(Pt, kept)), value, scope.span))

    def update(index: Index) -> None:
        kept = tuple(index[k] for k in plan.kept)
        place = tuple(map(Pt, kept))
        value = plan.value(kept, tuple(index[k] for k in plan.reduced))
        old = Load(Var(result), place, plan.elem)
        new = Binary(_COMBINE[plan.op], old, value, plan.elem)
        scope.emit(Store(result, place, new, scope.span))

    nest(scope, plan.shape, begin)
    nest(scope, plan.x.shape, update)


def _cell(scope: Scope, plan: Plan, kept: Index) -> Expr:
    """One result, in a variable."""
    if plan.op in ("any", "all"):
        return _search(scope, plan, kept)
    start = _start(plan)
    first = plan.value(kept, [ZERO] * len(plan.reduced)) if start is None else start
    total = scope.temp(plan.op, first).sym

    def update(where: Index) -> None:
        value = Binary(_COMBINE[plan.op], Var(total), plan.value(kept, where), plan.elem)
        scope.emit(Assign(total, value, scope.span))

    nest(scope, [plan.x.shape[k] for k in plan.reduced], update)
    if plan.op in ("min", "max") and kind_of(plan.elem.dtype) == "f":
        _demand_one_zero(scope, plan, kept, total)
    return Var(total)


def _demand_one_zero(scope: Scope, plan: Plan, kept: Index, total: Sym) -> None:
    """Fail if zeros of both signs are the least or the greatest: which one NumPy gives depends on the
    width of the machine's vectors."""
    with scope.when(Compare("eq", Var(total), _zero(plan.elem), B1)):
        sign = scope.temp("sign", Call("np.signbit", (Var(total),), B1))

        def compare_signs(where: Index) -> None:
            value = plan.value(kept, where)
            other = Compare("ne", value, _zero(plan.elem), B1)
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
    if x.ndim == 1:
        return _first_best(scope, op, n, lambda i: x.at((i,)), elem)
    shape = tuple(scope.simple("n", d) for k, d in enumerate(x.shape) if k != axis)
    result = allocate(scope, shape, elem, op)

    def cell(kept: Index) -> None:
        at: Callable[[Expr], Expr] = lambda i: x.at((*kept[:axis], i, *kept[axis:]))  # noqa: E731
        best = _first_best(scope, op, n, at, elem)
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
    return x.storage is not None and x.dense and _is_c(x.storage)


def _first_best(scope: Scope, op: ReduceOp, n: Expr, at: Callable[[Expr], Expr], elem: Num) -> Expr:
    """The position of the first element that none behind it beats."""
    best = scope.temp("best", at(ZERO))
    where = scope.temp("where", Const(0, elem)).sym
    with scope.loop(n, "i", lo=ONE) as i:
        value = scope.temp("value", at(i))
        floating = isinstance(best.type, Num) and kind_of(best.type.dtype) == "f"
        if floating:
            worse = Compare("le" if op == "argmax" else "ge", value, best, B1)
            test: Expr = negated(worse)
            number = Compare("eq", best, best, B1)
            test = Logic("and", number, test, BOOL)
        else:
            test = Compare("gt" if op == "argmax" else "lt", value, best, B1)
        with scope.when(test):
            scope.emit(Assign(best.sym, value, scope.span))
            scope.emit(Assign(where, Cast(i, elem), scope.span))
    return Var(where)
