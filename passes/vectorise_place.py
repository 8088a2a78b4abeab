"""Positions for all iterations at once: points that move with the loop become slices.

Where indexing raises, slicing clips in silence. So a slice is made only if it is proved to stay within
the axis, or after a `Check` that it does. Positions that count from the end (negative ones) are not
followed: the check demands that they count from the start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loopwright.ir.nodes import (
    Cast,
    Const,
    Dim,
    Expr,
    Fancy,
    IndexItem,
    Load,
    NewAxis,
    Pt,
    Slc,
    Var,
)
from loopwright.ir.types import INT, Array, ListOf, machine_dtype
from loopwright.ir.walk import index_exprs
from loopwright.passes.vectorise_frame import Frame, moved, reversed_axis
from loopwright.passes.vectorise_linear import Linear, add, constant, expression, linear, sub

Lift = Callable[[Expr], Expr]


@dataclass(frozen=True, slots=True)
class Place:
    """A lifted index. `axis` is the batch axis of the result; `backwards`: it runs against the loop."""

    index: tuple[IndexItem, ...]
    axis: int
    backwards: bool


def locate(
    f: Frame, x: Expr, index: tuple[IndexItem, ...], lift: Lift, store: bool = False
) -> Place:
    """`x[index]` for all iterations, where `x` is the same for all."""
    moving = [k for k, item in enumerate(index) if any(map(f.differs, index_exprs((item,))))]
    if len(moving) != 1:
        return _diagonal(f, index, moving, lift, store)
    at = moving[0]
    item = index[at]
    if not isinstance(item, Pt):
        f.decline("LW250", "the length of a slice differs between iterations")
    axis = sum(not isinstance(i, NewAxis) for i in index[:at])
    result_axis = sum(isinstance(i, (Slc, NewAxis)) for i in index[:at])
    found = _affine(f, item.at)
    if found is None:
        return _gather(f, index, at, result_axis, lift, store)
    new, backwards = _slice(f, x, axis, *found)
    return Place((*index[:at], new, *index[at + 1 :]), result_axis, backwards)


def _affine(f: Frame, at: Expr) -> tuple[int, Linear] | None:
    """(c, r) if the position is c*i + r with c != 0 and r the same in all iterations."""
    if at.type != INT:
        return None
    form = linear(at)
    c = form.coefficient(f.loop.sym)
    rest = form.without(Var(f.loop.sym))
    if c == 0 or rest.vars() & (f.varying | {f.loop.sym}):
        return None
    return (c, rest) if c > 0 or (c == -1 and f.step == 1) else None


def _slice(f: Frame, x: Expr, axis: int, c: int, rest: Linear) -> tuple[Slc, bool]:
    n = linear(Dim(x, axis, INT))
    if c < 0:  # rest - (hi - 1) .. rest - lo, upwards
        start, stop = add(sub(rest, f.hi), constant(1)), add(sub(rest, f.lo), constant(1))
        last = stop
    else:
        start, stop = add(rest, f.lo, c), add(rest, f.hi, c)
        last = sub(stop, constant(c - 1))
    f.require(start, "an index below zero")
    f.require(sub(n, last), "an index beyond the end")
    step = abs(c) * f.step
    return (
        Slc(
            None if not start.terms and start.const == 0 else expression(start),
            None if f.equal(stop, n) else expression(stop),
            None if step == 1 else Const(step, INT),
        ),
        c < 0,
    )


def _gather(
    f: Frame, index: tuple[IndexItem, ...], at: int, axis: int, lift: Lift, store: bool
) -> Place:
    """Positions that are looked up. NumPy raises and counts from the end as plain indexing does."""
    item = index[at]
    assert isinstance(item, Pt)
    if store:
        f.decline("LW204", "two iterations may write one element")
    if any(isinstance(i, (Pt, NewAxis)) for k, i in enumerate(index) if k != at):
        f.decline("LW250", "a looked-up position beside fixed ones")
    return Place((*index[:at], Fancy(_positions(f, item.at, lift)), *index[at + 1 :]), axis, False)


def _diagonal(
    f: Frame, index: tuple[IndexItem, ...], moving: list[int], lift: Lift, store: bool
) -> Place:
    """Several positions move together. NumPy takes index arrays in step with each other."""
    if not moving:
        f.decline("LW204", "every iteration writes the same elements")
    if store or len(moving) != len(index):
        f.decline("LW250", "several positions move together")
    items: list[IndexItem] = []
    for item in index:
        if not isinstance(item, Pt):
            f.decline("LW250", "the length of a slice differs between iterations")
        items.append(Fancy(_positions(f, item.at, lift)))
    return Place(tuple(items), 0, False)


def _positions(f: Frame, at: Expr, lift: Lift) -> Expr:
    positions = lift(at)
    if f.by_position:
        f.decline("LW250", "a looked-up position that only some iterations use")
    if not isinstance(positions.type, Array) or positions.type.dtype[0] not in "iu":
        f.decline("LW250", "a position that is no integer")
    return positions


def load(f: Frame, e: Load, lift: Lift) -> Expr:
    """The elements for all iterations, batch axis first."""
    x = base(f, e.x)
    place = locate(f, x, e.index, lift)
    assert isinstance(x.type, Array)
    axes = sum(not isinstance(i, (Pt, Fancy)) for i in place.index) + any(
        isinstance(i, Fancy) for i in place.index
    )
    t = Array(x.type.dtype, axes, "A")
    whole = all(i == Slc() for i in place.index)
    found = x if whole else Load(x, place.index, t)
    if place.backwards:
        found = reversed_axis(found, place.axis)
    return moved(found, place.axis, 0)


def base(f: Frame, x: Expr) -> Expr:
    """The array to index. A list of numbers is taken as an array that was made beforehand."""
    if isinstance(x.type, Array):
        return x
    if isinstance(x, Var) and isinstance(x.type, ListOf):
        copy = f.listed(x.sym)
        if copy is not None:
            n = linear(Dim(x, 0, INT))
            f.limits = {**f.limits, Dim(Var(copy), 0, INT): (n, n)}
            return Var(copy)
    f.decline("LW250", "a list that the function makes or changes")


def as_array(x: Expr) -> Expr:
    """A list of numbers as a new array."""
    assert isinstance(x.type, ListOf)
    return Cast(x, Array(machine_dtype(x.type), x.type.ndim))
