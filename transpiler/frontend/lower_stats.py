"""Averages, histograms, and sums without NaN: functions of NumPy that are written in Python."""

from __future__ import annotations

import ast
from collections.abc import Callable

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import array_of, bind, int_constant
from loopwright.frontend.lower_library_args import (
    axis_argument,
    exactly_floats,
    flattened,
    floats,
    plain_number,
    small_floats,
)
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_reduce import axes_of, fold, mean, wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Arr, Number, Tpl, Value, integer, number, test
from loopwright.ir.nodes import Dim, ReduceOp
from loopwright.ir.types import INT, Array, kind_of, machine_dtype

Handler = Callable[[Scope, ast.Call], Value]


def _average(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "axis", "weights"])
    if "weights" not in bound:
        return _plain_average(cx, bound, node)
    x = floats(cx, bound["a"], node, 1, 2)
    axis = axis_argument(bound, x.type.ndim, node)
    w = floats(cx, bound["weights"], node, 1)
    if x.type.ndim == 2 and axis is None:
        decline(node, "LW102", "weights of a matrix need an axis")
    names = {(1, None): "average_weights", (1, 0): "average_weights", (2, 0): "average_columns"}
    return library_call(cx, names.get((x.type.ndim, axis), "average_rows"), [x, w], node)


def _plain_average(cx: Scope, bound: dict[str, Value], node: ast.AST) -> Value:
    """The mean; where there is nothing to be averaged, NumPy divides by zero."""
    x = array_of(cx, bound["a"], node)
    axes = axes_of(bound.get("axis"), x.type.ndim, node)
    found = mean(cx, x, axes, False, None)
    if isinstance(found.type, Array):
        found = cx.hold(found, "average")
        for k in range(found.type.ndim):  # type: ignore[union-attr]
            cx.check(test("gt", Dim(found, k, INT), integer(0)), "an average of nothing")
    return wrap(found)


def _without_nan(name: str, plain: ReduceOp | None) -> Handler:
    """`np.nansum` and the like; integers have no NaN, and `plain` reduces them."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, ["a", "axis"])
        x = array_of(cx, bound["a"], node)
        if kind_of(x.type.dtype) in "iub":
            axes = axes_of(bound.get("axis"), x.type.ndim, node)
            if plain is None:
                return wrap(mean(cx, x, axes, False, None))
            return wrap(fold(plain, x.expr, axes, False))
        x = exactly_floats(cx, x, node, 1, 2)
        axis = axis_argument(bound, x.type.ndim, node)
        if x.type.ndim == 2 and axis is not None:
            which = f"{name}_columns" if axis == 0 else f"{name}_rows"
            return library_call(cx, which, [x], node)
        if name in ("nanmax", "nanmin"):
            x = flattened(cx, x, node)
        return library_call(cx, name, [x], node)

    return handler


def _histogram(cx: Scope, node: ast.Call) -> Value:
    bound = bind(cx, node, ["a", "bins", "range"])
    x = small_floats(cx, bound["a"], node, 1, 2, 3)
    x, bins = flattened(cx, x, node), bound.get("bins", number(integer(10)))
    if not isinstance(bins, Number):
        edges = array_of(cx, bins, node)
        held = Arr(cx.hold(edges.expr, "edges"), edges.type, edges.origins)
        counts = library_call(cx, "histogram_edges", [x, floats(cx, held, node, 1)], node)
        return Tpl((counts, held))
    if len(bins.types) != 1 or kind_of(machine_dtype(bins.type)) not in "iu":
        decline(node, "LW102", f"a histogram with {describe(bins)} bins is not covered")
    if "range" not in bound:
        return library_call(cx, "histogram", [x, bins], node)
    ends = bound["range"]
    if not isinstance(ends, Tpl) or len(ends.items) != 2:
        decline(node, "LW102", f"a range that is {describe(ends)} is not covered")
    given: list[Value] = [plain_number(v, node) for v in ends.items]
    if any(machine_dtype(v.type) not in ("float64", "int64") for v in given):  # type: ignore[union-attr]
        decline(node, "LW102", "a range is covered for ints and floats")
    return library_call(cx, "histogram_range", [x, bins, *given], node)


def _of_numbers(name: str, *parameters: str) -> Handler:
    """`np.nanmedian` and the like, of all elements."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, ["a", *parameters, "axis"], required=1 + len(parameters))
        x = exactly_floats(cx, bound["a"], node, 1, 2)
        if x.type.ndim > 1 and "axis" in bound:
            decline(node, "LW102", f"np.{name} is covered for all elements")
        axis_argument(bound, x.type.ndim, node)
        more: list[Value] = [plain_number(bound[p], node) for p in parameters]
        return library_call(cx, name, [flattened(cx, x, node), *more], node)

    return handler


def _nan_spread(name: str) -> Handler:
    """`np.nanvar` and `np.nanstd`, of all elements."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, ["a", "axis", "ddof"])
        x = exactly_floats(cx, bound["a"], node, 1, 2)
        if x.type.ndim > 1 and "axis" in bound:
            decline(node, "LW102", f"np.{name} is covered for all elements")
        axis_argument(bound, x.type.ndim, node)
        ddof = int_constant(bound["ddof"], node, "ddof") if "ddof" in bound else 0
        return library_call(cx, name, [x, number(integer(ddof))], node)

    return handler


STATS: dict[str, Handler] = {
    "average": _average,
    "histogram": _histogram,
    "nansum": _without_nan("nansum", "sum"),
    "nanmean": _without_nan("nanmean", None),
    "nanmax": _without_nan("nanmax", "max"),
    "nanmin": _without_nan("nanmin", "min"),
    "nanmedian": _of_numbers("nanmedian"),
    "nanquantile": _of_numbers("nanquantile", "q"),
    "nanpercentile": _of_numbers("nanpercentile", "q"),
    "nanargmax": _of_numbers("nanargmax"),
    "nanargmin": _of_numbers("nanargmin"),
    "nanvar": _nan_spread("nanvar"),
    "nanstd": _nan_spread("nanstd"),
}
