"""Sorting, searching and counting functions of NumPy."""

from __future__ import annotations

import ast
from collections.abc import Callable

from loopwright.frontend import lower_reduce
from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import (
    array_of,
    axis_of,
    bind,
    constant_of,
    flag_of,
    int_operand,
)
from loopwright.frontend.lower_arith import as_operand
from loopwright.frontend.lower_library_args import flattened
from loopwright.frontend.lower_reduce import wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    Arr,
    Value,
    integer,
    number,
    truth_const,
)
from loopwright.frontend.typing_rules import rank_of
from loopwright.ir.nodes import Call, Const
from loopwright.ir.types import BOOL, Array, Num, Type, is_scalar, kind_of, machine_dtype


def sort(cx: Scope, node: ast.Call) -> Value:
    joined = _has_no_axis(node)
    bound = bind(cx, node, ["a", "axis"], firm=() if joined else ("axis",))
    x = array_of(cx, bound["a"], node)
    x = flattened(cx, x, node) if joined else x
    axis = axis_of(bound.get("axis", number(integer(-1))), x.type.ndim, node)
    assert axis is not None
    return sorted_copy(cx, x, axis, node)


def _has_no_axis(node: ast.Call, place: int = 1) -> bool:
    """Whether None is given as the axis, which is not the default here."""
    given = [*node.args[place : place + 1], *[k.value for k in node.keywords if k.arg == "axis"]]
    return any(isinstance(v, ast.Constant) and v.value is None for v in given)


def sorted_copy(cx: Scope, x: Arr, axis: int, node: ast.AST) -> Value:
    """`np.sort(x, axis)`."""
    t = Array(x.type.dtype, x.type.ndim)
    if t.ndim == 2 and kind_of(t.dtype) != "c":
        return library_call(cx, "sort_rows" if axis else "sort_columns", [x], node)
    return wrap(Call("np.sort", (x.expr, integer(axis)), t))


def argsort(cx: Scope, node: ast.Call, first: Value | None = None) -> Value:
    """`np.argsort`; the default kind leaves the order of ties to the library."""
    if len(node.args) + (first is not None) > 3:
        decline(node, "LW102", "only the first three arguments are taken by position")
    joined = _has_no_axis(node, int(first is None))
    firm = () if joined else ("axis",)
    bound = bind(cx, node, ["a", "axis", "kind", "stable"], first=first, firm=firm)
    x = array_of(cx, bound["a"], node)
    x = flattened(cx, x, node) if joined else x
    axis = axis_of(bound.get("axis", number(integer(-1))), x.type.ndim, node)
    assert axis is not None
    kind = constant_of(bound["kind"], node, "kind") if "kind" in bound else "quicksort"
    stable = kind in ("stable", "mergesort") or flag_of(bound.get("stable"), node, "stable")
    if x.type.ndim == 2 and kind_of(x.type.dtype) != "c":
        which = f"{'stable' if stable else 'argsort'}_{'rows' if axis else 'columns'}"
        return library_call(cx, which, [x], node)
    args = (x.expr, integer(axis), Const(stable, BOOL))
    return wrap(Call("np.argsort", args, Array("int64", x.type.ndim)))


def bincount(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["x", "weights", "minlength"])
    x = array_of(cx, bound["x"], node)
    least = int_operand(cx, bound["minlength"], node) if "minlength" in bound else integer(0)
    if kind_of(x.type.dtype) not in "iu" or x.type.dtype == "uint64":
        decline(node, "LW304", "bincount takes integers")
    if "weights" in bound:
        weights = array_of(cx, bound["weights"], node)
        args = (x.expr, lower_reduce.as_dtype(weights.expr, "float64"), least)
        return wrap(Call("np.bincount_weights", args, Array("float64", 1)))
    return wrap(Call("np.bincount", (x.expr, least), Array("int64", 1)))


def flatnonzero(cx: Scope, node: ast.Call) -> Value:
    x = array_of(cx, bind(cx, node, ["a"])["a"], node)
    return wrap(Call("np.flatnonzero", (x.expr,), Array("int64", 1)))


def searchsorted(cx: Scope, node: ast.Call, first: Value | None = None) -> Value:
    bound = bind(cx, node, ["a", "v", "side"], required=2, first=first)
    a, v = array_of(cx, bound["a"], node), as_operand(cx, bound["v"], node)
    side = constant_of(bound["side"], node, "side") if "side" in bound else "left"
    rank = rank_of(v.type)
    if rank == 1 and v.type == Array("float64", 1) and a.type == v.type:
        right = number(truth_const(side == "right"))
        return library_call(cx, "searchsorted", [a, wrap(v), right], node)
    t: Type = Array("int64", rank) if rank else Num("int64")
    if machine_dtype(v.type) != a.type.dtype and is_scalar(v.type):
        decline(node, "LW304", "searchsorted is covered for values of the array's dtype")
    return wrap(Call("np.searchsorted", (a.expr, v, Const(side == "right", BOOL)), t))


SORTING: dict[str, Callable[[Scope, ast.Call], Value]] = {
    "sort": sort,
    "argsort": argsort,
    "bincount": bincount,
    "flatnonzero": flatnonzero,
    "searchsorted": searchsorted,
}
