"""Arrays of numbers that are given one by one."""

from __future__ import annotations

import ast

import numpy as np

from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_joint_dtype import common_dtype
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_store import stored_operand
from loopwright.frontend.lower_values import (
    Arr,
    Number,
    Value,
    integer,
)
from loopwright.frontend.typing_rules import SCALAR_ORDER
from loopwright.ir.nodes import (
    Alloc,
    Call,
    Expr,
    Pt,
    Store,
    Var,
)
from loopwright.ir.types import Array, DType


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
