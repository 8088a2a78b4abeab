"""Stores into parts of arrays, and the test whether they disturb what they read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loopwright.ir.intrinsics import TABLE
from loopwright.ir.nodes import (
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Expr,
    Fancy,
    IndexItem,
    Load,
    Logic,
    Pt,
    Slc,
    Store,
    Sym,
    Unary,
    Var,
)
from loopwright.ir.types import BOOL, INT, Array, ListOf
from loopwright.ir.walk import map_index, subexprs, vars_of
from loopwright.passes.scalarise_counts import counted, step
from loopwright.passes.scalarise_expr import Values
from loopwright.passes.scalarise_index import addressable, gathered, indexed, unmasked_axes
from loopwright.passes.scalarise_ints import ONE, ZERO, compare, difference
from loopwright.passes.scalarise_lazy import (
    Index,
    Lazy,
    as_element,
    is_one,
    materialise,
    nest,
    of_variable,
    spread,
)
from loopwright.passes.scalarise_scope import NO_COMMON_SHAPE, Scope


def store(values: Values, stmt: Store) -> None:
    """Emit `stmt` as stores of single elements."""
    scope = values.scope
    if all(isinstance(item, Pt) for item in stmt.index):
        _store_element(values, stmt)
        return
    if isinstance(stmt.x.type, ListOf):
        index = map_index(stmt.index, values.number)
        scope.emit(replace(stmt, index=index, value=values.value(stmt.value)))
        return
    base = _variable(scope, values.lazies.get(stmt.x) or of_variable(stmt.x))
    covered = unmasked_axes(stmt.index)
    if covered is not None:
        _store_masked(values, stmt, base, covered)
        return
    value = values.operand(stmt.value)
    if not isinstance(value, Lazy):
        value = as_element(scope, value, base.elem)
    if any(isinstance(item, Fancy) for item in stmt.index):
        items, arrays = values.positions(base, stmt.index)
        root = _root_of(base)
        arrays = {
            k: materialise(scope, x) if _reads(scope, x, root) else x for k, x in arrays.items()
        }
        place = gathered(scope, base, items, arrays)
        if isinstance(value, Lazy) and _reads(scope, value, root):
            value = materialise(scope, value)
    else:
        place = indexed(scope, base, map_index(stmt.index, values.number))
    _store_all(scope, place, value)


def _variable(scope: Scope, x: Lazy) -> Lazy:
    """`x` with elements that are loads from a variable."""
    return x if isinstance(_element(x), Load) else addressable(scope, x)


def _element(x: Lazy) -> Expr:
    return x.at((ZERO,) * x.ndim)


def _root_of(x: Lazy) -> Sym:
    return _target(_element(x))[0]


def _target(element: Expr) -> tuple[Sym, tuple[IndexItem, ...]]:
    match element:
        case Load(Var(sym), index, _):
            return sym, index
        case _:
            raise AssertionError("a store needs a place in memory")


def _store_element(values: Values, stmt: Store) -> None:
    scope = values.scope
    value = values.number(stmt.value)
    index = map_index(stmt.index, values.number)
    known = values.lazies.get(stmt.x)
    if known is None or not isinstance(_element(known), Load):
        scope.emit(replace(stmt, index=index, value=value))
        return
    sym, place = _target(indexed(scope, known, index).at(()))
    scope.emit(Store(sym, place, value, scope.span))


def _emit(scope: Scope, element: Expr, value: Expr) -> None:
    sym, index = _target(element)
    scope.emit(Store(sym, index, value, scope.span))


def _store_all(scope: Scope, place: Lazy, value: Lazy | Expr) -> None:
    """Every element of `place` gets its element of the broadcast value, all of which NumPy reads
    before it writes."""
    if isinstance(value, Lazy):
        value = _fitted(scope, value, place)
        if disturbed(scope, place, value):
            value = materialise(scope, value)
        source = value
        nest(scope, place.shape, lambda i: _emit(scope, place.at(i), source.at(i)))
        return
    number = value if isinstance(value, (Const, Var)) else scope.temp("value", value)
    nest(scope, place.shape, lambda i: _emit(scope, place.at(i), number))


def _fitted(scope: Scope, value: Lazy, place: Lazy) -> Lazy:
    """The value with the shape of the place; lengths must agree or be the constant 1: checked."""
    offset = place.ndim - value.ndim
    for axis, length in enumerate(value.shape):
        there = place.shape[axis + offset]
        if scope.may_be_stretched(length, there):
            fit = Logic("or", compare("eq", length, there), compare("eq", length, ONE), BOOL)
            scope.check(fit, NO_COMMON_SHAPE)
        elif not is_one(length):
            scope.demand_equal(length, there)
    return spread(scope, value, place.shape)


def disturbed(scope: Scope, place: Lazy, value: Lazy) -> bool:
    """True unless each element of the value reads the stored array only where it is stored itself,
    or where nothing is stored."""
    index: Index = tuple(Var(Sym("i", INT)) for _ in place.shape)
    target, where = _target(place.at(index))
    moving = {e.sym for e in index if isinstance(e, Var)}
    for expr in subexprs(value.at(index)):
        match expr:
            case Load(Var(sym), read, _) if scope.may_alias(sym, target):
                if sym is not target:
                    return True
                if not _same_place(read, where) and not _apart(scope, read, where, moving):
                    return True
            case Load(x, _, _) if not isinstance(x, Var):
                return True
            case _:
                pass
    return False


def _pairs(a: Sequence[IndexItem], b: Sequence[IndexItem]) -> list[tuple[Expr, Expr]]:
    found: list[tuple[Expr, Expr]] = []
    for x, y in zip(a, b, strict=True):
        assert isinstance(x, Pt) and isinstance(y, Pt)
        found.append((x.at, y.at))
    return found


def _same_place(a: Sequence[IndexItem], b: Sequence[IndexItem]) -> bool:
    return all(difference(x, y) == 0 for x, y in _pairs(a, b))


def _apart(scope: Scope, a: Sequence[IndexItem], b: Sequence[IndexItem], moving: set[Sym]) -> bool:
    """True if on some axis both stand at fixed places that differ."""
    for x, y in _pairs(a, b):
        gap = difference(x, y)
        if gap is None or gap == 0 or (vars_of(x) | vars_of(y)) & moving:
            continue
        if scope.nonnegative(x) and scope.nonnegative(y):
            return True
    return False


def _reads(scope: Scope, x: Lazy, root: Sym) -> bool:
    """True if elements of `x` read memory that may be that of `root`."""
    return any(scope.may_alias(s, root) for s in vars_of(x.at((ZERO,) * x.ndim)))


# -------------------------------------------------------------------------- masks


def _store_masked(values: Values, stmt: Store, base: Lazy, covered: int) -> None:
    """`x[mask] = value`. A value computed from elements under the same mask is computed in place."""
    scope = values.scope
    assert isinstance(stmt.index[0], Fancy)
    mask = values.mask(base, values.array(stmt.index[0].by), covered)
    root = _root_of(base)
    rest = base.shape[covered:]
    if _reads(scope, mask, root) and (rest or disturbed(scope, base, mask)):
        mask = materialise(scope, mask, "mask")
    whole = unmasked(stmt.value, stmt.index)
    if whole is not None:
        for part in subexprs(stmt.value):
            if isinstance(part, Load) and part.index == stmt.index:
                values.mask(values.array(part.x), mask, covered)
        full = values.operand(whole)
        if isinstance(full, Lazy):
            full = _fitted(scope, full, base)
            if disturbed(scope, base, full):
                full = materialise(scope, full)
        else:
            full = as_element(scope, full, base.elem)
        _where(scope, mask, base, full)
        return
    value = values.array(stmt.value)
    if _reads(scope, value, root) or value.cost > 1:
        value = materialise(scope, value)
    if value.ndim > len(rest):
        if not is_one(value.shape[0]):
            scope.demand_equal(counted(scope, mask), value.shape[0])
    _pour(scope, mask, base, value)


def _where(scope: Scope, mask: Lazy, base: Lazy, value: Lazy | Expr) -> None:
    if not isinstance(value, (Lazy, Const, Var)):
        value = scope.temp("value", value)
    source = value

    def visit(index: Index) -> None:
        with scope.when(mask.at(index)):

            def one(rest: Index) -> None:
                place = (*index, *rest)
                element = source.at(place) if isinstance(source, Lazy) else source
                _emit(scope, base.at(place), element)

            nest(scope, base.shape[mask.ndim :], one)

    nest(scope, mask.shape, visit)


def _pour(scope: Scope, mask: Lazy, base: Lazy, value: Lazy) -> None:
    """The rows of the value go to the true places, in order."""
    rest = base.shape[mask.ndim :]
    here = scope.temp("k", ZERO).sym
    scope.counters.add(here)
    rows = value.ndim > len(rest)
    inner = value.shape[1:] if rows else value.shape
    for length, wanted in zip(reversed(inner), reversed(rest), strict=False):
        if not is_one(length):
            scope.demand_equal(length, wanted)
    fixed = [is_one(d) for d in inner]

    def visit(index: Index) -> None:
        with scope.when(mask.at(index)):

            def one(where: Index) -> None:
                own = where[len(where) - len(inner) :]
                at: Index = tuple(ZERO if one_ else i for one_, i in zip(fixed, own, strict=True))
                if rows:
                    at = (ZERO if is_one(value.shape[0]) else Var(here), *at)
                _emit(scope, base.at((*index, *where)), value.at(at))

            nest(scope, rest, one)
            step(scope, here)

    nest(scope, mask.shape, visit)


def unmasked(value: Expr, index: tuple[IndexItem, ...]) -> Expr | None:
    """The value for all elements, if it is made element by element of numbers and of arrays under
    the mask of `index`; else None."""
    if isinstance(value.type, ListOf):
        return None
    if not isinstance(value.type, Array):
        return value
    ndim = _covered_ndim(index)
    type_ = replace(value.type, ndim=ndim, layout="A" if ndim > 1 else "C")
    match value:
        case Load(x, own, _) if own == index and isinstance(x.type, Array):
            return x
        case Unary(_, x, _) | Cast(x, _):
            inner = unmasked(x, index)
            return None if inner is None else replace(value, x=inner, type=type_)
        case Binary(_, a, b, _) | Compare(_, a, b, _):
            left, right = unmasked(a, index), unmasked(b, index)
            if left is None or right is None:
                return None
            return replace(value, a=left, b=right, type=type_)
        case Call(fn, args, _) if not fn.startswith("np.linalg") and _elementwise(fn):
            inners = [unmasked(x, index) for x in args]
            if any(x is None for x in inners):
                return None
            return Call(fn, tuple(x for x in inners if x is not None), type_)
        case _:
            return None


def _elementwise(fn: str) -> bool:

    return TABLE[fn].kind == "elementwise"


def _covered_ndim(index: tuple[IndexItem, ...]) -> int:
    first = index[0]
    assert isinstance(first, Fancy) and isinstance(first.by.type, Array)
    return first.by.type.ndim + sum(isinstance(item, Slc) for item in index[1:])
