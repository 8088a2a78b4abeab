"""Which views are contiguous for sure."""

from __future__ import annotations

from collections.abc import Sequence

from loopwright.ir.nodes import Const, Fancy, IndexItem, NewAxis, Pt, Slc
from loopwright.ir.types import Array, Layout


def indexed_layout(t: Array, index: Sequence[IndexItem]) -> Layout:
    """The layout of `x[index]`: C as long as it takes points, then at most one range without a step,
    then whole axes; F likewise from the other end. A copy (by Fancy) is in any order."""
    items = [item for item in index if not isinstance(item, NewAxis)]
    if any(isinstance(item, Fancy) for item in items):
        return "A"
    if t.layout == "C" and _leading(items):
        return "C"
    if t.layout == "F" and _leading(items[::-1]):
        return "F"
    return "A"


def transposed_layout(t: Array, axes: Sequence[int]) -> Layout:
    """The layout of the view with permuted axes: reversed axes exchange C and F."""
    if list(axes) == sorted(axes):
        return t.layout
    if list(axes) == sorted(axes, reverse=True):
        swapped: dict[Layout, Layout] = {"C": "F", "F": "C", "A": "A"}
        return swapped[t.layout]
    return "A"


def holds(actual: Layout, declared: Layout, ndim: int) -> bool:
    """Whether an array of one layout may be called one of the other; for one axis C and F are one."""
    return declared in ("A", actual) or (ndim < 2 and actual != "A")


def _leading(items: Sequence[IndexItem]) -> bool:
    rest = list(items)
    while rest and isinstance(rest[0], Pt):
        rest.pop(0)
    if rest and isinstance(rest[0], Slc) and _unit(rest[0]):
        rest.pop(0)
    return all(item == Slc() for item in rest)


def _unit(item: Slc) -> bool:
    return item.step is None or (isinstance(item.step, Const) and item.step.value == 1)
