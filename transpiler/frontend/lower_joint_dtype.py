"""The dtype of an array of Python numbers that are given one by one or in a list."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import numpy as np

from loopwright.frontend.lower_convert import cast, is_tag
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Lst, Number, integer, tag_const, test, truth_const
from loopwright.frontend.typing_rules import SCALAR_ORDER
from loopwright.ir.nodes import Compare, Const, Dim, Expr, Logic, Reduce
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


def column_dtype(
    cx: Scope, items: list[Number], value: Lst, dtype: DType | None, node: ast.AST
) -> DType:
    """The same for the elements of a list, whose types `items` tells: of a number, or of those of a tuple."""
    if dtype is not None:
        return dtype
    found = _joint_dtype(items, node)
    if not _is_open(items):
        return found
    there: Expr = truth_const(False)
    if value.ndim == 1 and found == "float64":  # so is an array of nothing
        there = test("eq", Dim(value.columns[0], 0, INT), integer(0))
    columns = iter(value.columns)
    for item in items:
        next(columns)
        if item.tag is None:
            there = _either(there, truth_const(bool(_places(item, found))))
            continue
        tags = cx.hold(cast(next(columns), Array("int64", value.ndim)), "tags")
        for at in _places(item, found):
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
