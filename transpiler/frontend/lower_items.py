"""Arrays of numbers that are given one by one."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import numpy as np

from loopwright.frontend.lower_convert import cast, is_tag
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_store import stored_operand
from loopwright.frontend.lower_values import (
    Arr,
    Lst,
    Number,
    Value,
    integer,
    tag_const,
    test,
    truth_const,
)
from loopwright.frontend.typing_rules import SCALAR_ORDER
from loopwright.ir.nodes import (
    Alloc,
    Call,
    Compare,
    Const,
    Dim,
    Expr,
    Logic,
    Pt,
    Reduce,
    Store,
    Var,
)
from loopwright.ir.types import B1, BOOL, INT, Array, DType, is_scalar, machine_dtype


def common_dtype(cx: Scope, items: list[Number], dtype: DType | None, node: ast.AST) -> DType:
    """The dtype of an array of numbers of these types; the kernel gives up where they have narrower ones."""
    if dtype is not None:
        return dtype
    found = _joint_dtype(items, node)
    if _is_open(items):
        there: Expr = truth_const(False)
        for item in items:
            for at in _places(item, found):
                there = _either(there, _has_type(item, at))
        _needs(cx, there, node)
    return found


def column_dtype(cx: Scope, elem: Number, value: Lst, dtype: DType | None, node: ast.AST) -> DType:
    """The same for the elements of a list, whose types `elem` tells."""
    if dtype is not None:
        return dtype
    found = _joint_dtype([elem], node)
    if _is_open([elem]):
        tags = cx.hold(cast(value.columns[1], Array("int64", value.ndim)), "tags")
        there: Expr = truth_const(False)
        if value.ndim == 1 and found == "float64":  # so is an array of nothing
            there = test("eq", Dim(tags, 0, INT), integer(0))
        for at in _places(elem, found):
            each = Compare("eq", tags, tag_const(at), Array("bool", value.ndim))
            there = _either(there, Reduce("any", each, None, False, B1))
        _needs(cx, there, node)
    return found


def _joint_dtype(items: Sequence[Number], node: ast.AST) -> DType:
    if not all(is_scalar(t) for i in items for t in i.types):
        decline(node, "LW304", "None among the items of an array")
    found = np.result_type(*map(np.dtype, sorted(_dtypes(items)))).name
    if f"np.{found}" not in SCALAR_ORDER:
        decline(node, "LW304", f"an array of dtype {found} is not covered")
    return found  # type: ignore[return-value]


def _dtypes(items: Sequence[Number]) -> set[DType]:
    return {machine_dtype(t) for i in items for t in i.types}


def _is_open(items: Sequence[Number]) -> bool:
    """Whether the path decides on the dtype."""
    return len(_dtypes(items)) > 1 and any(item.tag is not None for item in items)


def _places(item: Number, dtype: DType) -> list[int]:
    return [at for at, t in enumerate(item.types) if machine_dtype(t) == dtype]


def _has_type(item: Number, at: int) -> Expr:
    return truth_const(True) if item.tag is None else is_tag(item.tag, at)


def _either(a: Expr, b: Expr) -> Expr:
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Const):
            return one if one.value else other
    return Logic("or", a, b, BOOL)


def _needs(cx: Scope, there: Expr, node: ast.AST) -> None:
    if there == truth_const(False):
        decline(node, "LW302", "the dtype of the array depends on the path")
    cx.check(there, "an array of numbers of narrower types")


def _stacked(arrays: list[Arr], dtype: DType | None, node: ast.AST) -> Arr:
    """An array of arrays of one shape."""
    ndim = arrays[0].type.ndim
    if any(a.type.ndim != ndim for a in arrays):
        decline(node, "LW111", "arrays of different rank raise ValueError")
    found = dtype or np.result_type(*(np.dtype(a.type.dtype) for a in arrays)).name
    if f"np.{found}" not in SCALAR_ORDER:
        decline(node, "LW304", f"an array of dtype {found} is not covered")
    parts = (
        a.expr if a.type.dtype == found else cast(a.expr, Array(found, ndim))  # type: ignore[arg-type]
        for a in arrays
    )
    t = Array(found, ndim + 1)  # type: ignore[arg-type]
    return Arr(Call("np.stack", (integer(0), *parts), t), t, frozenset())


def from_items(
    cx: Scope, rows: list[list[Value]], ndim: int, dtype: DType | None, node: ast.AST
) -> Arr:
    """An array of the numbers in `rows`; only the first row, also of arrays, if `ndim` is 1."""
    items = [v for r in rows for v in r]
    if ndim == 1 and items and all(isinstance(v, Arr) for v in items):
        return _stacked([v for v in items if isinstance(v, Arr)], dtype, node)
    numbers = [v for v in items if isinstance(v, Number)]
    if len(numbers) != len(items):
        decline(node, "LW102", "an array of items that are not numbers is not covered")
    found: DType = "float64" if not items else common_dtype(cx, numbers, dtype, node)
    found = dtype or found
    shape: tuple[Expr, ...] = (integer(len(rows[0])),)
    if ndim == 2:
        shape = (integer(len(rows)), *shape)
    operands = [stored_operand(cx, v, found, node) for v in items]
    target = cx.hold(Alloc(shape, None, Array(found, ndim)), "items")
    assert isinstance(target, Var)
    places = [(i, j) for i in range(len(rows)) for j in range(len(rows[0]))]
    for (i, j), operand in zip(places, operands, strict=True):
        index = (Pt(integer(j)),) if ndim == 1 else (Pt(integer(i)), Pt(integer(j)))
        cx.emit(Store(target.sym, index, operand, cx.span))
    return Arr(target, target.type, frozenset())  # type: ignore[arg-type]
