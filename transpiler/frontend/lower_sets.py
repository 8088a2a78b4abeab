"""Sets of numbers and orders by several keys: functions of NumPy that are written in Python."""

from __future__ import annotations

import ast
from collections.abc import Callable

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import array_of, bind, flag_of
from loopwright.frontend.lower_library_args import axis_argument
from loopwright.frontend.lower_reduce import wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Arr, Tpl, Value, number, truth_const
from loopwright.ir.nodes import Call
from loopwright.ir.types import Array, kind_of

Handler = Callable[[Scope, ast.Call], Value]
_MORE = ("index", "inverse", "counts")


def unique(cx: Scope, node: ast.Call) -> Value:
    """`np.unique`; floating-point numbers, positions and counts by the library."""
    bound = bind(cx, node, ["ar", *(f"return_{k}" for k in _MORE), "axis"])
    x = array_of(cx, bound["ar"], node)
    wanted = [k for k in _MORE if flag_of(bound.get(f"return_{k}"), node, k)]
    if "axis" in bound and x.type.ndim > 1:
        rows = x.type.ndim == 2 and kind_of(x.type.dtype) in "iu" and not wanted
        if not rows or axis_argument(bound, 2, node) != 0:
            decline(node, "LW102", "np.unique along an axis is covered for rows of integers")
        return library_call(cx, "unique_rows", [x], node)
    if kind_of(x.type.dtype) == "c" or (wanted and x.type.ndim != 1):
        decline(node, "LW102", "this form of np.unique is not covered")
    if wanted in (["counts"], ["inverse"]):
        return library_call(cx, f"unique_{wanted[0]}", [x], node)
    if wanted:
        given: Value = x
        if kind_of(x.type.dtype) == "f" and "index" not in wanted:
            given = library_call(cx, "known_members", [x], node)
        found = library_call(cx, "unique_all", [given], node)
        assert isinstance(found, Tpl)
        kept = [True, *(k in wanted for k in _MORE)]
        return Tpl(tuple(v for v, keep in zip(found.items, kept, strict=True) if keep))
    if kind_of(x.type.dtype) == "f" and x.type.ndim == 1:
        return library_call(cx, "unique_floats", [x], node)
    return wrap(Call("np.unique", (x.expr,), Array(x.type.dtype, 1)))


def _pair(cx: Scope, node: ast.Call, *names: str) -> tuple[Arr, Arr]:
    """Two arrays of one dtype and one axis. That their elements are unique is for speed alone."""
    bound = bind(cx, node, [*names, "assume_unique"], required=2)
    x, y = (array_of(cx, bound[k], node) for k in names[:2])
    if flag_of(bound.get("assume_unique"), node, "assume_unique"):
        decline(node, "LW102", "`assume_unique` is not covered")
    if x.type.ndim != 1 or y.type.ndim != 1 or x.type.dtype != y.type.dtype:
        decline(node, "LW102", "this is covered for arrays with one axis and of one dtype")
    if kind_of(x.type.dtype) == "f":
        known = [library_call(cx, "known_members", [a], node) for a in (x, y)]
        x, y = (array_of(cx, a, node) for a in known)
    elif kind_of(x.type.dtype) not in "iu":
        decline(node, "LW102", "this is covered for integers and floats")
    return x, y


def _of_two(name: str) -> Handler:
    def handler(cx: Scope, node: ast.Call) -> Value:
        return library_call(cx, name, [*_pair(cx, node, "ar1", "ar2")], node)

    return handler


def _isin(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["element", "test_elements", "invert"], required=2)
    x, y = (array_of(cx, bound[k], node) for k in ("element", "test_elements"))
    if x.type.ndim != 1 or y.type.ndim != 1 or x.type.dtype != y.type.dtype:
        decline(node, "LW102", "np.isin is covered for arrays with one axis and of one dtype")
    invert = flag_of(bound.get("invert"), node, "invert")
    if kind_of(x.type.dtype) in "iu":
        given: list[Value] = [x, y, number(truth_const(invert))]
        return library_call(cx, "isin_sorted", given, node)
    if invert:
        decline(node, "LW102", "`invert` is covered for integers")
    return library_call(cx, "isin", [x, y], node)


def _lexsort(cx: Scope, node: ast.Call) -> Value:
    """The last key is the first to sort by."""
    keys = bind(cx, node, ["keys"])["keys"]
    if not isinstance(keys, Tpl) or not keys.items:
        decline(node, "LW102", "np.lexsort is covered for a tuple of arrays")
    given = [array_of(cx, k, node) for k in keys.items]
    if any(k.type.ndim != 1 or kind_of(k.type.dtype) == "c" for k in given):
        decline(node, "LW102", "np.lexsort is covered for arrays with one axis")
    order = library_call(cx, "stable_order", [given[0]], node)
    for key in given[1:]:
        order = library_call(cx, "lexsorted", [order, key], node)
    return order


SETS: dict[str, Handler] = {
    "unique": unique,
    "setdiff1d": _of_two("setdiff1d"),
    "intersect1d": _of_two("intersect1d"),
    "union1d": _of_two("union1d"),
    "setxor1d": _of_two("setxor1d"),
    "isin": _isin,
    "lexsort": _lexsort,
}
