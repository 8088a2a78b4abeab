"""Whole-array functions of NumPy as lazy arrays or loops: `arange`, `diff`, `concatenate`, `cumsum`, ..."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from loopwright.ir.nodes import (
    Assign,
    Binary,
    BinaryOp,
    Call,
    Cast,
    Compare,
    Const,
    Dim,
    Expr,
    Load,
    Pt,
    Reshape,
    Select,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import B1, F64, I64, INT, Array, Num, Scalar, kind_of
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
    product,
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

Args = Sequence[Lazy | Expr]


def whole_array(scope: Scope, fn: str, args: Args, elem: Num) -> Lazy | None:
    """The result of an array function, or None if it has no form in loops here."""
    rule = _RULES.get(fn)
    return None if rule is None else rule(scope, args, elem)


def _number(x: Lazy | Expr) -> Expr:
    assert not isinstance(x, Lazy)
    return x


def _array(x: Lazy | Expr) -> Lazy:
    assert isinstance(x, Lazy)
    return x


def _constant(x: Lazy | Expr) -> int:
    match x:
        case Const(int() as value, _):
            return int(value)
        case _:
            raise TypeError("an axis is a constant")


def _plain(shape: tuple[Expr, ...], elem: Scalar, at: Callable[[Index], Expr], cost: int) -> Lazy:
    return Lazy(shape, elem, at, cost, tuple(range(len(shape))))


# --------------------------------------------------------------------- new arrays


def _arange(scope: Scope, args: Args, elem: Num) -> Lazy | None:
    start, stop, step = (_number(x) for x in args)
    if kind_of(elem.dtype) not in "iu" or not all(x.type == INT for x in (start, stop, step)):
        return None
    start, step = scope.simple("start", start), scope.simple("step", step)
    by = const_of(step)
    if by is None:
        scope.check(compare("gt", step, ZERO), "step of arange is not positive")
    span = minus(stop, start)
    if by is not None and by < 0:
        span, length_by = minus(start, stop), integer(-by)
    else:
        length_by = step
    if const_of(length_by) != 1:
        span = Binary("floordiv", minus(plus(span, length_by), ONE), length_by, INT)
    length = clipped(span, scope.nonnegative)

    def at(index: Index) -> Expr:
        return Cast(plus(start, times(step, index[0])), elem)

    return _plain((length,), elem, at, 0)


def _linspace(scope: Scope, args: Args, elem: Num) -> Lazy | None:
    start, stop, num = (scope.simple("bound", _number(x)) for x in args[:3])
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
    n, m, k = (scope.simple("n", as_int(_number(x))) for x in args)
    scope.demand_length(n)
    scope.demand_length(m)

    def at(index: Index) -> Expr:
        return Cast(compare("eq", minus(index[1], index[0]), k), elem)

    return _plain((n, m), elem, at, 0)


# --------------------------------------------------------------- rearranged arrays


def _diff(scope: Scope, args: Args, elem: Num) -> Lazy:
    x = _array(args[0])
    x = materialise(scope, x) if x.cost > 1 else x
    op: BinaryOp = "xor" if kind_of(elem.dtype) == "b" else "sub"

    def at(index: Index) -> Expr:
        after = (*index[:-1], plus(index[-1], ONE))
        return Binary(op, x.at(after), x.at(index), elem)

    length = clipped(minus(x.shape[-1], ONE), scope.nonnegative)
    return _plain((*x.shape[:-1], length), elem, at, 2 * x.cost + 1)


def _concatenate(scope: Scope, args: Args, elem: Num) -> Lazy:
    axis = _constant(args[0])
    parts = [_array(x) for x in args[1:]]
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
            value = _as(part.at(index), elem)
            scope.emit(Store(result, tuple(map(Pt, place)), value, scope.span))

        nest(scope, part.shape, store)
    return held(result, shape)


def _as(value: Expr, elem: Num) -> Expr:
    return value if value.type == elem else Cast(value, elem)


def _demand_alike(scope: Scope, parts: list[Lazy], but: int | None) -> None:
    for part in parts[1:]:
        for k, (a, b) in enumerate(zip(parts[0].shape, part.shape, strict=True)):
            if k != but:
                scope.demand_equal(a, b)


def _stack(scope: Scope, args: Args, elem: Num) -> Lazy:
    axis = _constant(args[0])
    parts = [_array(x) for x in args[1:]]
    _demand_alike(scope, parts, None)
    wide = [_with_axis(part, axis) for part in parts]
    starts: list[Expr] = [integer(k) for k in range(len(parts))]
    shape = (*parts[0].shape[:axis], integer(len(parts)), *parts[0].shape[axis:])
    return _joined(scope, wide, axis, starts, (shape, elem))


def _with_axis(x: Lazy, axis: int) -> Lazy:
    shape = (*x.shape[:axis], ONE, *x.shape[axis:])
    return _plain(shape, x.elem, lambda i: x.at((*i[:axis], *i[axis + 1 :])), x.cost)


def _flip(scope: Scope, args: Args, elem: Num) -> Lazy:
    x, axis = _array(args[0]), _constant(args[1])

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
    x, axis = _array(args[0]), _constant(args[2])
    shift = scope.simple("shift", as_int(_number(args[1])))
    n = x.shape[axis]
    return _along(x, axis, n, lambda i: Binary("mod", minus(i, shift), n, INT), 1)


def _repeat(scope: Scope, args: Args, elem: Num) -> Lazy:
    x, axis = _array(args[0]), _constant(args[2])
    x = materialise(scope, x) if x.cost > 1 else x
    count = scope.simple("count", as_int(_number(args[1])))
    scope.demand_length(count)
    length = scope.simple("n", times(x.shape[axis], count))
    return _along(x, axis, length, lambda i: Binary("floordiv", i, count, INT), 1)


def _tile(scope: Scope, args: Args, elem: Num) -> Lazy | None:
    x = _array(args[0])
    if len(args) - 1 != x.ndim:
        return None
    x = materialise(scope, x) if x.cost > 1 else x
    for axis, arg in enumerate(args[1:]):
        count = scope.simple("count", as_int(_number(arg)))
        scope.demand_length(count)
        n = x.shape[axis]
        length = scope.simple("n", times(n, count))
        x = _along(x, axis, length, lambda i, n=n: Binary("mod", i, n, INT), 1)  # type: ignore[misc]
    return x


def _triangle(keep: str) -> Callable[[Scope, Args, Num], Lazy]:
    def rule(scope: Scope, args: Args, elem: Num) -> Lazy:
        x, k = _array(args[0]), scope.simple("k", as_int(_number(args[1])))
        zero = Const({"f": 0.0, "c": 0j, "b": False}.get(kind_of(elem.dtype), 0), elem)

        def at(index: Index) -> Expr:
            inside = compare(keep, minus(index[-1], index[-2]), k)
            return Call("np.where", (Cast(inside, B1), x.at(index), zero), elem)

        return _plain(x.shape, x.elem, at, x.cost + 1)

    return rule


def _diag(scope: Scope, args: Args, elem: Num) -> Lazy | None:
    x, k = _array(args[0]), _constant(args[1])
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


# ------------------------------------------------------------- counts and positions


def _flatnonzero(scope: Scope, args: Args, elem: Num) -> Lazy:
    x = _array(args[0])
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


def _bincount(scope: Scope, args: Args, elem: Num) -> Lazy:
    """Also with weights, which are added in order. Fails on a negative number, as NumPy does."""
    x = _array(args[0])
    weights = _array(args[1]) if len(args) == 3 else None
    least_length = as_int(_number(args[-1]))
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
        more = Const(1, elem) if weights is None else _as(weights.at((i,)), elem)
        total = Binary("add", Load(Var(result), place, elem), more, elem)
        scope.emit(Store(result, place, total, scope.span))
    return held(result, (Dim(Var(result), 0, INT),))


# -------------------------------------------------------------------------- scans


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
            total = scope.temp("total", _as(x.at(whole(ZERO)), elem)).sym
            scope.emit(Store(result, tuple(map(Pt, whole(ZERO))), Var(total), scope.span))
            with scope.loop(shape[along], "i", lo=ONE) as i:
                more = _as(x.at(whole(i)), elem)
                scope.emit(Assign(total, Binary(combine, Var(total), more, elem), scope.span))
                scope.emit(Store(result, tuple(map(Pt, whole(i))), Var(total), scope.span))

    nest(scope, others, line)
    return held(result, shape)


_RULES: dict[str, Callable[[Scope, Args, Num], Lazy | None]] = {
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
    "np.flatnonzero": _flatnonzero,
    "np.bincount": _bincount,
    "np.bincount_weights": _bincount,
}
