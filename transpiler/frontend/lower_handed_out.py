"""A tuple or a list display that is stored to a part of an array: its items go to their places."""

from __future__ import annotations

import ast
from collections.abc import Callable

import numpy as np

from loopwright.frontend.lower_index import Index, load
from loopwright.frontend.lower_names import dim
from loopwright.frontend.lower_order import eval_all, spill
from loopwright.frontend.lower_scope import Scope
from loopwright.frontend.lower_values import Arr, Number, Tpl, Value, integer, test
from loopwright.ir.nodes import Const, Pt
from loopwright.ir.types import NONE, DType, Py, kind_of, machine_dtype

Put = Callable[[Scope, Arr, Index, Value, ast.AST], None]


def displayed(cx: Scope, node: ast.expr) -> Value | None:
    """The items of a list display that is stored to a part of an array; None for other code.

    Without a list nothing is made that the store would only copy.
    """
    if not isinstance(node, ast.List) or any(isinstance(e, ast.Starred) for e in node.elts):
        return None
    if not all(
        isinstance(e, (ast.Constant, ast.Name, ast.Subscript, ast.BinOp)) for e in node.elts
    ):
        return None
    items = tuple(eval_all(cx, node.elts))
    return Tpl(items) if len(items) > 1 and all(isinstance(v, Number) for v in items) else None


def hand_out(cx: Scope, base: Arr, index: Index, value: Tpl, put: Put, node: ast.AST) -> bool:
    """`base[index] = value` for a part of one axis, item by item, where that is what NumPy does; `put`
    stores one number. False if nothing was done."""
    dtype = base.type.dtype
    plain = len(value.items) > 1 and all(_is_plain(item, dtype) for item in value.items)
    if index.ndim != 1 or index.fancy or not plain:
        return False
    items = [spill(cx, item) for item in value.items]
    part = load(base, index, node)
    assert isinstance(part, Arr)
    same = test("eq", dim(part, 0), integer(len(items)))
    cx.check(same, "another number of items than places")
    for k, item in enumerate(items):
        put(cx, part, Index((Pt(integer(k)),), 0), item, node)
    return True


def _is_plain(value: Value, dtype: DType) -> bool:
    """Whether the number has one meaning in an array of `dtype`: NumPy converts each item by itself, which
    is not always what it does with an array of them."""
    if not isinstance(value, Number) or value.tag is not None or len(value.types) != 1:
        return False
    (source,) = value.types
    if source == NONE:
        return False
    found, own = value.expr, machine_dtype(value.expr.type)
    if own == dtype:
        return True
    if dtype == "float64":
        return kind_of(own) in "biuf"
    if dtype == "float32":
        return kind_of(own) in "bf"
    if kind_of(dtype) in "iu" and isinstance(found, Const) and isinstance(source, Py):
        held = np.iinfo(dtype)
        return isinstance(found.value, int) and held.min <= found.value <= held.max
    return False
