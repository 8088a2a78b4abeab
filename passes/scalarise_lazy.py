"""Arrays that are not computed yet: a shape and the element at an index.

An element-wise operation on lazy arrays is a lazy array again, so a chain of them needs no temporary.
`order` and `dense` remember how NumPy would have laid out the result in memory, because the order of
a sum depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loopwright.analysis.interval import of_dtype
from loopwright.ir.nodes import (
    Alloc,
    Binary,
    Cast,
    Const,
    Dim,
    Expr,
    Load,
    Pt,
    Select,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import FLOAT, INT, Array, ListOf, Num, Scalar, element, machine_dtype
from loopwright.passes.scalarise_ints import ONE, ZERO, compare, const_of
from loopwright.passes.scalarise_scope import Scope

Index = tuple[Expr, ...]

CHEAP = 1
"""An operand of at most this cost is computed again for each element that it is broadcast to."""


@dataclass(frozen=True, slots=True)
class Lazy:
    """An array as a function of the index.

    `at` takes one expression for each axis, in bounds and not negative (any, if `raw`: then the
    element wraps or fails as Python does). `cost` counts operations for one element. `order` lists
    the axes from the slowest in memory to the fastest, None if unknown; `dense`: without gaps.
    `storage` is an expression of the array itself where it exists in memory, `fill` the value of all
    elements where they are equal.
    """

    shape: tuple[Expr, ...]
    elem: Scalar
    at: Callable[[Index], Expr]
    cost: int = 0
    order: tuple[int, ...] | None = ()
    dense: bool = True
    raw: bool = False
    storage: Expr | None = None
    fill: Expr | None = None

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def c_order(self) -> tuple[int, ...]:
        return tuple(range(self.ndim))


def of_variable(sym: Sym) -> Lazy:
    """The array or list that a variable holds."""
    match sym.type:
        case Array(_, ndim, layout):
            dense = layout != "A"
            order: tuple[int, ...] | None = tuple(range(ndim))
            if layout == "F":
                order = tuple(reversed(range(ndim)))
            elif layout == "A" and ndim > 1:
                order = None
        case ListOf(_, ndim):
            order, dense = tuple(range(ndim)), True
        case _:
            raise TypeError(f"{sym.name} is no array")
    elem = element(sym.type)
    var = Var(sym)
    return Lazy(
        shape=tuple(Dim(var, axis, INT) for axis in range(ndim)),
        elem=elem,
        at=lambda index: Load(var, tuple(map(Pt, index)), elem),
        order=order,
        dense=dense,
        raw=True,
        storage=var,
    )


def full(scope: Scope, shape: tuple[Expr, ...], value: Expr, elem: Scalar) -> Lazy:
    """An array whose elements are all `value`."""
    held = value if isinstance(value, (Const, Var)) else scope.temp("fill", value)
    order = tuple(range(len(shape)))
    return Lazy(shape, elem, lambda index: held, order=order, fill=held)


def as_element(scope: Scope, value: Expr, elem: Scalar) -> Expr:
    """A number as an operand beside, or a value of, elements of type `elem`.

    NumPy converts Python's numbers before it looks at the array: one that an integer dtype cannot hold
    is an error even where there is no element.
    """
    if not may_not_fit(value, elem):
        return value
    return scope.temp("value", Cast(value, elem))


def may_not_fit(value: Expr, elem: Scalar) -> bool:
    """True if Python's number `value`, or an element of a list, is perhaps no value of an integer dtype."""
    dtype = machine_dtype(elem)
    bounds = of_dtype(dtype)
    kind = value.type.elem if isinstance(value.type, ListOf) else value.type
    if bounds is None or dtype == "bool" or not isinstance(elem, Num):
        return False
    if isinstance(value, Const) and isinstance(value.value, int):
        return not bounds.lo <= value.value <= bounds.hi
    return kind == FLOAT or (kind == INT and dtype != "int64")


def is_one(length: Expr) -> bool:
    return const_of(length) == 1


def broadcast_shape(scope: Scope, shapes: Sequence[tuple[Expr, ...]]) -> tuple[Expr, ...]:
    """The common shape. A length that is not the constant 1 must equal the others, or may be 1 as well where
    the scope stretches axes: checked."""
    ndim = max(map(len, shapes))
    result: list[Expr] = []
    for axis in range(-ndim, 0):
        lengths = [s[axis] for s in shapes if -axis <= len(s)]
        wide = [d for d in lengths if not is_one(d)]
        if not wide:
            result.append(ONE)
            continue
        first = next((d for d in wide if const_of(d) is not None), wide[0])
        common = first
        for other in wide:
            if other is not first:
                common = scope.common_length(common, other)
        result.append(common)
    return tuple(result)


def spread(scope: Scope, x: Lazy, shape: tuple[Expr, ...]) -> Lazy:
    """`x` seen with the shape that it is broadcast to; materialised if it would be recomputed."""
    offset = len(shape) - x.ndim
    wanted = shape[offset:]
    fixed = tuple(is_one(d) for d in x.shape)
    open_ = tuple(
        scope.may_be_stretched(d, w) and not one
        for d, w, one in zip(x.shape, wanted, fixed, strict=True)
    )
    repeated = (
        any(not is_one(d) for d in shape[:offset])
        or any(one and not is_one(d) for one, d in zip(fixed, wanted, strict=True))
        or any(open_)
    )
    if not offset and not any(fixed) and not any(open_):
        return x
    if repeated and x.cost > CHEAP:
        x = materialise(scope, x)
    source = x
    steps = [
        scope.temp("step", Select(compare("eq", d, ONE), ZERO, ONE, INT)) if may else None
        for d, may in zip(x.shape, open_, strict=True)
    ]

    def at(index: Index) -> Expr:
        places: list[Expr] = []
        for one, step, i in zip(fixed, steps, index[offset:], strict=True):
            places.append(ZERO if one else i if step is None else Binary("mul", i, step, INT))
        return source.at(tuple(places))

    return Lazy(shape, x.elem, at, x.cost, tuple(range(len(shape))))


def elementwise(
    scope: Scope,
    operands: Sequence[Lazy | Expr],
    elem: Scalar,
    make: Callable[[list[Expr]], Expr],
    cost: int,
) -> Lazy:
    """`make` applied to the elements of broadcast operands; numbers are evaluated once."""
    held: list[Lazy | Expr] = [
        x if isinstance(x, (Lazy, Const, Var)) else scope.temp("value", x) for x in operands
    ]
    arrays = [x for x in held if isinstance(x, Lazy)]
    shape = broadcast_shape(scope, [x.shape for x in arrays])
    order = _common_order(arrays, len(shape))
    parts = [spread(scope, x, shape) if isinstance(x, Lazy) else x for x in held]

    def at(index: Index) -> Expr:
        return make([x.at(index) if isinstance(x, Lazy) else x for x in parts])

    total = cost + sum(x.cost for x in arrays)
    return Lazy(shape, elem, at, total, order)


def _common_order(arrays: Sequence[Lazy], ndim: int) -> tuple[int, ...] | None:
    """The memory order of a new array, as NumPy's iterator finds it: C order wins a conflict."""
    plain = tuple(range(ndim))
    orders = {x.order for x in arrays if x.ndim == ndim}
    if not orders or (plain in orders and None not in orders):
        return plain
    return orders.pop() if len(orders) == 1 else None


def nest(scope: Scope, shape: Sequence[Expr], body: Callable[[Index], None]) -> None:
    """Loops over all indices in C order around what `body` emits."""

    def level(done: Index) -> None:
        if len(done) == len(shape):
            body(done)
            return
        length = shape[len(done)]
        if is_one(length):
            level((*done, ZERO))
            return
        with scope.loop(length, "ijkpqr"[min(len(done), 5)]) as i:
            level((*done, i))

    level(())


def allocate(
    scope: Scope, shape: tuple[Expr, ...], elem: Scalar, name: str, fill: Expr | None = None
) -> Sym:
    """A new C-contiguous array; its elements are undefined, unless `fill` says what they are."""
    if not isinstance(elem, Num):
        raise scope.decline("LW240", f"a temporary of {elem} has no array type")
    type_ = Array(elem.dtype, len(shape))
    var = scope.temp(name, Alloc(shape, fill, type_))
    return var.sym


def held(sym: Sym, shape: tuple[Expr, ...], like: Lazy | None = None) -> Lazy:
    """A fresh array in a variable, with its known shape and NumPy's order."""
    base = of_variable(sym)
    order = base.c_order if like is None else like.order
    return Lazy(shape, base.elem, base.at, 0, order, True, True, base.storage)


def materialise(scope: Scope, x: Lazy, name: str = "temp") -> Lazy:
    """`x` computed into a new array."""
    shape = tuple(scope.simple("n", d) for d in x.shape)
    sym = allocate(scope, shape, x.elem, name, x.fill)
    if x.fill is None:
        fill(scope, sym, x)
    return held(sym, shape, x)


def fill(scope: Scope, sym: Sym, x: Lazy) -> None:
    """Loops that store every element of `x` into the array `sym` of the same shape."""

    def store(index: Index) -> None:
        scope.emit(Store(sym, tuple(map(Pt, index)), x.at(index), scope.span))

    nest(scope, x.shape, store)


def stored(scope: Scope, x: Lazy) -> Lazy:
    """`x` with a `storage`."""
    return x if x.storage is not None else materialise(scope, x)
