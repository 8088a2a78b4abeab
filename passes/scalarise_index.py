"""Views of lazy arrays: points, slices, new axes, transposition, reshaping, and index arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loopwright.ir.nodes import (
    Assign,
    Binary,
    Call,
    Expr,
    Fancy,
    IndexItem,
    Load,
    NewAxis,
    Pt,
    Reshape,
    Select,
    Slc,
    Transpose,
)
from loopwright.ir.types import INT, Array, Num
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
    broadcast_shape,
    held,
    is_one,
    materialise,
    nest,
    spread,
)
from loopwright.passes.scalarise_scope import Scope


@dataclass(frozen=True, slots=True)
class Steps:
    """One sliced axis: position `start + step * i` for i below `length`."""

    start: Expr
    length: Expr
    step: Expr

    def at(self, i: Expr) -> Expr:
        return plus(self.start, times(self.step, i))


def _bound(scope: Scope, expr: Expr, n: Expr) -> Expr:
    """A bound of a slice of an axis of length `n` as an int that is not negative, or a constant."""
    bound = scope.simple("bound", as_int(expr))
    if const_of(bound) is not None or scope.nonnegative(bound):
        return bound
    wrapped = Call("max2", (plus(bound, n), ZERO), INT)
    return scope.temp("bound", Select(compare("ge", bound, ZERO), bound, wrapped, INT))


def steps_of(scope: Scope, item: Slc, n: Expr) -> Steps:
    """A slice of an axis of length `n`, clipped as Python does.

    A step that is not constant must be positive: checked. So is that there is an element in a slice like
    `x[i:i + 1]`: an axis that is known to have length 1 is spread over others.
    """
    step = ONE if item.step is None else scope.simple("step", as_int(item.step))
    by = const_of(step)
    if by is None:
        scope.check(compare("gt", step, ZERO), "step of a slice is not positive")
    if by is not None and by < 0:
        return _backward(scope, item, n, by)
    if by == 1 and (alone := _single(scope, item, n)) is not None:
        return Steps(alone, ONE, ONE)
    lo = ZERO if item.lo is None else _bound(scope, item.lo, n)
    value = const_of(lo)
    if value is not None and value < 0:
        lo = clipped(plus(n, lo), scope.nonnegative)
    hi = n
    if item.hi is not None:
        hi = _bound(scope, item.hi, n)
        value = const_of(hi)
        hi = plus(n, hi) if value is not None and value < 0 else _least(scope, hi, n)
    span = minus(hi, lo)
    if by != 1:
        span = Binary("floordiv", minus(plus(span, step), ONE), step, INT)
    return Steps(scope.simple("start", lo), clipped(span, scope.nonnegative), step)


def _single(scope: Scope, item: Slc, n: Expr) -> Expr | None:
    """The position of the element of a slice like `x[i:i + 1]`; None for other slices."""
    lo = ZERO if item.lo is None else as_int(item.lo)
    if item.hi is None or scope.gap(as_int(item.hi), lo) != 1 or (const_of(lo) or 0) < 0:
        return None
    lo = scope.simple("start", lo)
    if const_of(lo) is None and not scope.nonnegative(lo):
        scope.check(compare("ge", lo, ZERO), "negative bound of a slice")
    scope.check(compare("lt", lo, n), "a slice of one element is empty")
    return lo


def _least(scope: Scope, a: Expr, b: Expr) -> Expr:
    gap = scope.gap(a, b)
    if gap is None:
        return b if scope.below(b, a) else a if scope.below(a, b) else least(a, b)
    return a if gap <= 0 else b


def _counted(scope: Scope, expr: Expr) -> Expr:
    """A bound of a slice that goes backward, checked: one that is not constant counts from the start."""
    bound = scope.simple("bound", as_int(expr))
    if const_of(bound) is None and not scope.nonnegative(bound):
        scope.check(compare("ge", bound, ZERO), "negative bound of a slice")
    return bound


def _backward(scope: Scope, item: Slc, n: Expr, by: int) -> Steps:
    last = minus(n, ONE)
    lo = last
    if item.lo is not None:
        lo = _counted(scope, item.lo)
        value = const_of(lo)
        lo = plus(n, lo) if value is not None and value < 0 else least(lo, last)
    hi: Expr = integer(-1)
    if item.hi is not None:
        hi = _counted(scope, item.hi)
        value = const_of(hi)
        if value is not None and value < 0:
            hi = minus(clipped(plus(plus(n, hi), ONE), scope.nonnegative), ONE)
    span = minus(lo, hi)
    if by != -1:
        span = Binary("floordiv", plus(span, integer(-by - 1)), integer(-by), INT)
    return Steps(scope.simple("start", lo), clipped(span, scope.nonnegative), integer(by))


def point(scope: Scope, x: Lazy, at: Expr, n: Expr, keep: bool) -> Expr:
    """A position as an index that `x.at` takes; `keep`: it is the whole index of an element."""
    value = const_of(at)
    if x.raw and keep:
        return at
    place = scope.simple("at", at if x.raw else as_int(at))
    if value is not None and value < 0:
        scope.demand_point(place, n)
        return place if x.raw else plus(n, place)
    scope.demand_point(as_int(place), n)
    if x.raw or scope.nonnegative(as_int(place)):
        return place
    wrapped = Select(compare("lt", place, ZERO), plus(place, n), place, INT)
    return scope.temp("at", wrapped)


def _axes_of(item: IndexItem) -> int:
    match item:
        case NewAxis():
            return 0
        case Fancy(by) if isinstance(by.type, Array) and by.type.dtype == "bool":
            return by.type.ndim
        case _:
            return 1


def indexed(scope: Scope, x: Lazy, index: Sequence[IndexItem]) -> Lazy:
    """`x[index]` of points, slices and new axes; a lazy array without axes if all are points."""
    keep = all(isinstance(item, Pt) for item in index)
    shape: list[Expr] = []
    places: list[Expr | Steps] = []
    kept: list[int] = []
    dense = x.dense
    for item in index:
        match item:
            case NewAxis():
                shape.append(ONE)
                kept.append(-1)
            case Pt(place):
                places.append(point(scope, x, place, x.shape[len(places)], keep))
            case Slc():
                n = x.shape[len(places)]
                steps = steps_of(scope, item, n)
                whole = not shape or scope.equal(steps.length, n)
                dense = dense and const_of(steps.step) == 1 and whole
                shape.append(steps.length)
                kept.append(len(places))
                places.append(steps)
            case Fancy():
                raise ValueError("index arrays are not views")
    if x.order == x.c_order:
        dense = dense and _points_first(index)
    else:
        dense = dense and all(item == Slc() for item in index)

    def at(outer: Index) -> Expr:
        inner: list[Expr] = []
        left = list(outer)
        for item in index:
            if isinstance(item, NewAxis):
                left.pop(0)
                continue
            where = places[len(inner)]
            inner.append(where.at(left.pop(0)) if isinstance(where, Steps) else where)
        return x.at(tuple(inner))

    order = _kept_order(x, kept)
    storage = None if x.storage is None else _view(x, x.storage, index, len(shape), order, dense)
    return Lazy(tuple(shape), x.elem, at, x.cost, order, dense, False, storage)


def _points_first(index: Sequence[IndexItem]) -> bool:
    """True if no point stands behind a slice: then the elements of a row stay neighbours."""
    points = [isinstance(item, Pt) for item in index if not isinstance(item, NewAxis)]
    return points == sorted(points, reverse=True)


def _view(
    x: Lazy, base: Expr, index: Sequence[IndexItem], ndim: int, order: object, dense: bool
) -> Expr | None:
    if not isinstance(x.elem, Num):
        return None
    c_like = dense and order == tuple(range(ndim))
    type_ = Array(x.elem.dtype, ndim, "C" if c_like else "A") if ndim else x.elem
    return Load(base, tuple(index), type_)


def _kept_order(x: Lazy, kept: list[int]) -> tuple[int, ...] | None:
    """Memory order of the axes that remain; a new axis has no place of its own."""
    if x.order is None:
        return None if len(kept) > 1 else tuple(range(len(kept)))
    remaining = [axis for axis in kept if axis >= 0]
    if x.order == tuple(sorted(x.order)) or len(remaining) < 2:
        return tuple(range(len(kept)))
    if len(remaining) < len(kept):
        return None
    return tuple(remaining.index(axis) for axis in x.order if axis in remaining)


def transposed(x: Lazy, axes: tuple[int, ...]) -> Lazy:
    """`x.transpose(axes)`."""
    if axes == x.c_order:
        return x

    def at(index: Index) -> Expr:
        inner = list(index)
        for position, axis in enumerate(axes):
            inner[axis] = index[position]
        return x.at(tuple(inner))

    order = None if x.order is None else tuple(axes.index(axis) for axis in x.order)
    storage = None
    if x.storage is not None and isinstance(x.elem, Num):
        f_like = x.dense and order is not None and order == tuple(reversed(range(x.ndim)))
        c_like = x.dense and order is not None and order == x.c_order
        layout = Array(x.elem.dtype, x.ndim, "C" if c_like else "F" if f_like else "A")
        storage = Transpose(x.storage, axes, layout)
    shape = tuple(x.shape[axis] for axis in axes)
    return Lazy(shape, x.elem, at, x.cost, order, x.dense, x.raw, storage)


def reshaped(scope: Scope, x: Lazy, shape: Sequence[Expr]) -> Lazy:
    """`x.reshape(shape)`; the number of elements must agree: checked."""
    lengths = [scope.simple("n", as_int(d)) for d in shape]
    total = product(x.shape)
    open_axes = [k for k, d in enumerate(lengths) if const_of(d) == -1]
    if open_axes:
        known = product(tuple(d for k, d in enumerate(lengths) if k != open_axes[0]))
        if const_of(known) != 1:
            scope.check(compare("gt", known, ZERO), "cannot reshape")
            rest = Binary("mod", total, known, INT)
            scope.check(compare("eq", rest, ZERO), "cannot reshape")
            total = Binary("floordiv", total, known, INT)
        lengths[open_axes[0]] = scope.simple("n", total)
    else:
        for d in lengths:
            scope.demand_length(d)
        scope.demand_equal(product(tuple(lengths)), total)
    new = tuple(lengths)

    def at(index: Index) -> Expr:
        return x.at(_split(scope, _flat(index, new), x.shape))

    if x.storage is not None and x.dense and x.order == x.c_order and isinstance(x.elem, Num):
        view = Reshape(x.storage, new, Array(x.elem.dtype, len(new)))
        return held(scope.temp("view", view).sym, new)
    cost = x.cost + (2 * (x.ndim - 1) if x.ndim > 1 else 0)
    return Lazy(new, x.elem, at, cost, tuple(range(len(new))), x.dense)


def _flat(index: Index, shape: tuple[Expr, ...]) -> Expr:
    """The position in C order."""
    total: Expr = ZERO
    for i, n in zip(index, shape, strict=True):
        total = plus(times(total, n), i)
    return total


def _split(scope: Scope, position: Expr, shape: tuple[Expr, ...]) -> Index:
    """The index of a position in C order."""
    found: list[Expr] = []
    for n in reversed(shape[1:]):
        if is_one(n):
            found.append(ZERO)
            continue
        found.append(Binary("mod", position, n, INT))
        position = Binary("floordiv", position, n, INT)
    if shape:
        found.append(position)
    return tuple(reversed(found))


def demand_positions(scope: Scope, by: Lazy, n: Expr) -> None:
    """Fail unless each element of an index array is a position among `n`. NumPy looks at all of them, also
    where only some elements of what is gathered are used."""
    low, high = scope.temp("low", ZERO), scope.temp("high", minus(ZERO, ONE))

    def visit(index: Index) -> None:
        place = scope.temp("place", as_int(by.at(index)))
        for extreme, fn in ((low, "min2"), (high, "max2")):
            scope.emit(Assign(extreme.sym, Call(fn, (extreme, place), INT), scope.span))

    nest(scope, by.shape, visit)
    scope.check(compare("ge", plus(low, n), ZERO), "index out of range")
    scope.check(compare("lt", high, n), "index out of range")


def gathered(scope: Scope, x: Lazy, index: Sequence[IndexItem], by: dict[int, Lazy]) -> Lazy:
    """`x[index]` with integer index arrays; `by` has the lazy array of each Fancy item.

    The arrays and points must stand side by side; else NumPy puts their axes first: declined.
    """
    places = [k for k, item in enumerate(index) if isinstance(item, (Fancy, Pt))]
    if places != list(range(places[0], places[-1] + 1)):
        raise scope.decline("LW241", "index arrays that are separated by a slice")
    if any(isinstance(item, NewAxis) for item in index):
        raise scope.decline("LW241", "index arrays together with a new axis")
    x = addressable(scope, x)
    middle = broadcast_shape(scope, [lazy.shape for lazy in by.values()])
    arrays = {k: spread(scope, lazy, middle) for k, lazy in by.items()}
    fixed = {
        k: point(scope, x, item.at, x.shape[k], False)
        for k, item in enumerate(index)
        if isinstance(item, Pt)
    }
    slices = {
        k: steps_of(scope, item, x.shape[k])
        for k, item in enumerate(index)
        if isinstance(item, Slc)
    }
    first = places[0]
    before = tuple(slices[k].length for k in sorted(slices) if k < first)
    after = tuple(slices[k].length for k in sorted(slices) if k > first)

    def at(outer: Index) -> Expr:
        head, rest = outer[: len(before)], outer[len(before) :]
        mid, tail = rest[: len(middle)], rest[len(middle) :]
        ends = iter((*head, *tail))
        inner: list[Expr] = []
        for k in range(len(index)):
            if k in arrays:
                inner.append(arrays[k].at(mid))
            else:
                inner.append(fixed[k] if k in fixed else slices[k].at(next(ends)))
        return x.at(tuple(inner))

    shape = (*before, *middle, *after)
    cost = x.cost + 1 + sum(a.cost for a in arrays.values())
    return Lazy(shape, x.elem, at, cost, tuple(range(len(shape))))


def addressable(scope: Scope, x: Lazy) -> Lazy:
    """`x` as a variable, whose elements fail where the index is out of bounds."""
    if x.raw:
        return x
    if x.storage is None:
        return materialise(scope, x)
    return held(scope.temp("view", x.storage).sym, x.shape, x)


def unmasked_axes(index: Sequence[IndexItem]) -> int | None:
    """If the index is one boolean mask followed by full slices, how many axes the mask covers."""
    if not index or not isinstance(index[0], Fancy) or _is_mask(index[0]) is False:
        return None
    if all(item == Slc() for item in index[1:]):
        return _axes_of(index[0])
    return None


def _is_mask(item: Fancy) -> bool:
    return isinstance(item.by.type, Array) and item.by.type.dtype == "bool"
