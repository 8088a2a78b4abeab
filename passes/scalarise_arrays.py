"""Whole-array functions of NumPy as lazy arrays or loops: `arange`, `diff`, `concatenate`, ..."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from loopwright.ir.nodes import (
    Binary,
    BinaryOp,
    Call,
    Cast,
    Compare,
    Const,
    Expr,
    Logic,
    Pt,
    Select,
    Store,
)
from loopwright.ir.types import B1, F64, INT, Num, Scalar, kind_of
from loopwright.passes.scalarise_counts import (
    Args,
    array_of,
    bincount,
    flatnonzero,
    in_type,
    number_of,
)
from loopwright.passes.scalarise_ints import (
    ONE,
    ZERO,
    as_int,
    clipped,
    compare,
    const_of,
    integer,
    least,
    minus,
    plus,
    times,
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


def whole_array(scope: Scope, fn: str, args: Args, elem: Num) -> Lazy | None:
    """The result of an array function, or None if it has no form in loops here."""
    rule = RULES.get(fn)
    return None if rule is None else rule(scope, args, elem)


def _constant(x: Lazy | Expr) -> int:
    match x:
        case Const(int() as value, _):
            return int(value)
        case _:
            raise TypeError("an axis is a constant")


def _plain(shape: tuple[Expr, ...], elem: Scalar, at: Callable[[Index], Expr], cost: int) -> Lazy:
    return Lazy(shape, elem, at, cost, tuple(range(len(shape))))


def _arange(scope: Scope, args: Args, elem: Num) -> Lazy | None:
    start, stop, step = (number_of(x) for x in args)
    if elem == F64:
        return _arange_of_floats(scope, start, stop, step)
    if kind_of(elem.dtype) not in "iu" or not all(x.type == INT for x in (start, stop, step)):
        return None
    start, step = scope.simple("start", start), scope.simple("step", step)
    by = const_of(step)
    if by is None:
        scope.check(compare("gt", step, ZERO), "step of arange is not positive")
    falls = by is not None and by < 0
    span = minus(start, stop) if falls else minus(stop, start)
    size = integer(abs(by)) if by is not None else step
    if by not in (1, -1):
        span = Binary("floordiv", minus(plus(span, size), ONE), size, INT)
    length = clipped(span, scope.nonnegative)

    def at(index: Index) -> Expr:
        return Cast(plus(start, times(step, index[0])), elem)

    return _plain((length,), elem, at, 0)


def _arange_of_floats(scope: Scope, start: Expr, stop: Expr, step: Expr) -> Lazy | None:
    """The length is rounded up; NumPy sets the first two elements, and steps on by their difference."""
    if any(x.type != F64 and str(x.type) not in "intfloat" for x in (start, stop, step)):
        return None
    first, last, by = (scope.temp("bound", _float(x)) for x in (start, stop, step))
    scope.check(Compare("ne", by, Const(0.0, F64), B1), "arange with a step of zero")
    parts = scope.temp("parts", Binary("truediv", Binary("sub", last, first, F64), by, F64))
    same = Compare("eq", last, first, B1)
    scope.check(
        Logic("or", same, Compare("ne", parts, Const(0.0, F64), B1), B1), "arange that underflows"
    )
    count = scope.temp("length", Cast(Call("np.ceil", (parts,), F64), INT))
    length = scope.temp("length", clipped(count, scope.nonnegative))
    scope.demand_length(length)
    second = scope.temp("second", Binary("add", first, by, F64))
    width = scope.temp("width", Binary("sub", second, first, F64))

    def at(index: Index) -> Expr:
        (i,) = index
        on = Binary("add", first, Binary("mul", Cast(i, F64), width, F64), F64)
        later = Select(compare("eq", i, ONE), second, on, F64)
        return Select(compare("eq", i, ZERO), first, later, F64)

    return _plain((length,), F64, at, 1)


def _linspace(scope: Scope, args: Args, elem: Num) -> Lazy | None:
    start, stop, num = (scope.simple("bound", number_of(x)) for x in args[:3])
    if elem != F64 or any(x.type != F64 and str(x.type) not in "intfloat" for x in (start, stop)):
        return None
    endpoint = bool(_constant(args[3]))
    count = as_int(num)
    scope.demand_length(count)
    first, last = scope.temp("first", _float(start)), scope.temp("last", _float(stop))
    parts = minus(count, ONE) if endpoint else count
    width = scope.temp("width", Binary("sub", last, first, F64))
    divisor = scope.temp("parts", Cast(Call("max2", (parts, ONE), INT), F64))
    step = scope.temp("step", Binary("truediv", width, divisor, F64))
    scope.check(Compare("ne", step, Const(0.0, F64), B1), "linspace with a step of zero")
    result = allocate(scope, (count,), F64, "linspace")
    with scope.loop(count, "i") as i:
        value = Binary("add", Binary("mul", Cast(i, F64), step, F64), first, F64)
        scope.emit(Store(result, (Pt(i),), value, scope.span))
    if endpoint:
        with scope.when(compare("gt", count, ONE)):
            scope.emit(Store(result, (Pt(minus(count, ONE)),), last, scope.span))
    return held(result, (count,))


def _float(x: Expr) -> Expr:
    return x if x.type == F64 else Cast(x, F64)


def _eye(scope: Scope, args: Args, elem: Num) -> Lazy:
    n, m, k = (scope.simple("n", as_int(number_of(x))) for x in args)
    scope.demand_length(n)
    scope.demand_length(m)

    def at(index: Index) -> Expr:
        return Cast(compare("eq", minus(index[1], index[0]), k), elem)

    return _plain((n, m), elem, at, 0)


def _diff(scope: Scope, args: Args, elem: Num) -> Lazy:
    x = array_of(args[0])
    x = materialise(scope, x) if x.cost > 1 else x
    op: BinaryOp = "xor" if kind_of(elem.dtype) == "b" else "sub"

    def at(index: Index) -> Expr:
        after = (*index[:-1], plus(index[-1], ONE))
        return Binary(op, x.at(after), x.at(index), elem)

    length = clipped(minus(x.shape[-1], ONE), scope.nonnegative)
    return _plain((*x.shape[:-1], length), elem, at, 2 * x.cost + 1)


def _concatenate(scope: Scope, args: Args, elem: Num) -> Lazy:
    axis = _constant(args[0])
    parts = [array_of(x) for x in args[1:]]
    _demand_alike(scope, parts, axis)
    starts: list[Expr] = [ZERO]
    for part in parts:
        starts.append(scope.simple("start", plus(starts[-1], part.shape[axis])))
    shape = tuple(starts[-1] if k == axis else d for k, d in enumerate(parts[0].shape))
    return _joined(scope, parts, axis, starts, (shape, elem))


def _joined(
    scope: Scope,
    parts: list[Lazy],
    axis: int,
    starts: list[Expr],
    target: tuple[tuple[Expr, ...], Num],
) -> Lazy:
    shape, elem = target
    shape = tuple(scope.simple("n", d) for d in shape)
    result = allocate(scope, shape, elem, "joined")
    for part, start in zip(parts, starts, strict=False):

        def store(index: Index, part: Lazy = part, start: Expr = start) -> None:
            place = list(index)
            place[axis] = plus(start, index[axis])
            value = in_type(part.at(index), elem)
            scope.emit(Store(result, tuple(map(Pt, place)), value, scope.span))

        nest(scope, part.shape, store)
    return held(result, shape)


def _demand_alike(scope: Scope, parts: list[Lazy], but: int | None) -> None:
    for part in parts[1:]:
        for k, (a, b) in enumerate(zip(parts[0].shape, part.shape, strict=True)):
            if k != but:
                scope.demand_equal(a, b)


def _stack(scope: Scope, args: Args, elem: Num) -> Lazy:
    axis = _constant(args[0])
    parts = [array_of(x) for x in args[1:]]
    _demand_alike(scope, parts, None)
    wide = [_with_axis(part, axis) for part in parts]
    starts: list[Expr] = [integer(k) for k in range(len(parts))]
    shape = (*parts[0].shape[:axis], integer(len(parts)), *parts[0].shape[axis:])
    return _joined(scope, wide, axis, starts, (shape, elem))


def _with_axis(x: Lazy, axis: int) -> Lazy:
    shape = (*x.shape[:axis], ONE, *x.shape[axis:])
    return _plain(shape, x.elem, lambda i: x.at((*i[:axis], *i[axis + 1 :])), x.cost)


def _flip(scope: Scope, args: Args, elem: Num) -> Lazy:
    x, axis = array_of(args[0]), _constant(args[1])

    def at(index: Index) -> Expr:
        turned = minus(minus(x.shape[axis], ONE), index[axis])
        return x.at((*index[:axis], turned, *index[axis + 1 :]))

    return replace(x, at=at, dense=False, raw=False, storage=None)


def _along(x: Lazy, axis: int, length: Expr, move: Callable[[Expr], Expr], cost: int) -> Lazy:
    def at(index: Index) -> Expr:
        return x.at((*index[:axis], move(index[axis]), *index[axis + 1 :]))

    shape = (*x.shape[:axis], length, *x.shape[axis + 1 :])
    return _plain(shape, x.elem, at, x.cost + cost)


def _roll(scope: Scope, args: Args, elem: Num) -> Lazy:
    x, axis = array_of(args[0]), _constant(args[2])
    shift = scope.simple("shift", as_int(number_of(args[1])))
    n = x.shape[axis]
    return _along(x, axis, n, lambda i: Binary("mod", minus(i, shift), n, INT), 1)


def _repeat(scope: Scope, args: Args, elem: Num) -> Lazy:
    x, axis = array_of(args[0]), _constant(args[2])
    x = materialise(scope, x) if x.cost > 1 else x
    count = scope.simple("count", as_int(number_of(args[1])))
    scope.demand_length(count)
    length = scope.simple("n", times(x.shape[axis], count))
    return _along(x, axis, length, lambda i: Binary("floordiv", i, count, INT), 1)


def _tile(scope: Scope, args: Args, elem: Num) -> Lazy | None:
    x = array_of(args[0])
    if len(args) - 1 != x.ndim:
        return None
    x = materialise(scope, x) if x.cost > 1 else x
    for axis, arg in enumerate(args[1:]):
        count = scope.simple("count", as_int(number_of(arg)))
        scope.demand_length(count)
        n = x.shape[axis]
        length = scope.simple("n", times(n, count))
        x = _along(x, axis, length, lambda i, n=n: Binary("mod", i, n, INT), 1)  # type: ignore[misc]
    return x


def _triangle(keep: str) -> Callable[[Scope, Args, Num], Lazy]:
    def rule(scope: Scope, args: Args, elem: Num) -> Lazy:
        x, k = array_of(args[0]), scope.simple("k", as_int(number_of(args[1])))
        zero = Const({"f": 0.0, "c": 0j, "b": False}.get(kind_of(elem.dtype), 0), elem)

        def at(index: Index) -> Expr:
            inside = compare(keep, minus(index[-1], index[-2]), k)
            return Call("np.where", (Cast(inside, B1), x.at(index), zero), elem)

        return _plain(x.shape, x.elem, at, x.cost + 1)

    return rule


def _diag(scope: Scope, args: Args, elem: Num) -> Lazy | None:
    x, k = array_of(args[0]), _constant(args[1])
    if x.ndim == 2:
        down, right = integer(max(-k, 0)), integer(max(k, 0))
        length = least(minus(x.shape[0], down), minus(x.shape[1], right))
        length = scope.simple("n", clipped(length, scope.nonnegative))
        return _plain(
            (length,), x.elem, lambda i: x.at((plus(i[0], down), plus(i[0], right))), x.cost
        )
    if k != 0:
        return None
    zero = Const({"f": 0.0, "c": 0j, "b": False}.get(kind_of(elem.dtype), 0), elem)

    def at(index: Index) -> Expr:
        return Select(compare("eq", index[0], index[1]), x.at(index[:1]), zero, elem)

    return _plain((x.shape[0], x.shape[0]), x.elem, at, x.cost + 1)


RULES: dict[str, Callable[[Scope, Args, Num], Lazy | None]] = {
    "np.arange": _arange,
    "np.linspace": _linspace,
    "np.eye": _eye,
    "np.diff": _diff,
    "np.concatenate": _concatenate,
    "np.stack": _stack,
    "np.flip": _flip,
    "np.roll": _roll,
    "np.repeat": _repeat,
    "np.tile": _tile,
    "np.tril": _triangle("le"),
    "np.triu": _triangle("ge"),
    "np.diag": _diag,
    "np.flatnonzero": flatnonzero,
    "np.bincount": bincount,
    "np.bincount_weights": bincount,
}
