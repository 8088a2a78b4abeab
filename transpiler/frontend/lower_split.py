"""`np.array_split` and `np.split` along the first axis: a list of views, held as the bounds of each."""

from __future__ import annotations

import ast
from collections.abc import Callable

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_args import array_of, bind, int_operand
from loopwright.frontend.lower_build import repeat, store, variable
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_library_args import axis_argument
from loopwright.frontend.lower_names import dim, views
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    Arr,
    Number,
    Origin,
    RaggedList,
    Tpl,
    Value,
    integer,
    number,
    test,
)
from loopwright.ir.nodes import Alloc, Binary, Call, Dim, Expr, Load, Pt, Select, Var
from loopwright.ir.types import INT, Array, ListOf, Num, kind_of, machine_dtype

Handler = Callable[[Scope, ast.Call], Value]


def _split(equal: bool) -> Handler:
    """`equal`: np.split, which raises where the parts would differ in length."""

    def handler(cx: Scope, node: ast.Call) -> Value:
        bound = bind(cx, node, ["ary", "indices_or_sections", "axis"], required=2)
        x = array_of(cx, bound["ary"], node)
        if x.type.ndim < 1 or ("axis" in bound and axis_argument(bound, x.type.ndim, node) != 0):
            decline(node, "LW102", "arrays are split along the first axis only")
        held = x if isinstance(x.expr, Var) else Arr(cx.hold(x.expr, "whole"), x.type, x.origins)
        origins = views(held) or frozenset({Origin(("site", cx.depth, id(node)), False)})
        n = cx.hold(cast(dim(held, 0), INT), "n")
        sections = bound["indices_or_sections"]
        if isinstance(sections, Number):
            bounds = _of_sections(cx, n, int_operand(cx, sections, node), equal)
        else:
            bounds = _at_points(cx, n, sections, node)
        return RaggedList(Arr(held.expr, held.type, origins), bounds)

    return handler


def _of_sections(cx: Scope, n: Expr, count: Expr, equal: bool) -> Expr:
    """The bounds of `count` parts, of which the first ones are longer by one if need be."""
    count = cx.hold(count, "sections")
    cx.check(test("gt", count, integer(0)), "number sections must be larger than 0")
    each = cx.hold(Binary("floordiv", n, count, INT), "each")
    more = cx.hold(Binary("mod", n, count, INT), "more")
    if equal:
        cx.check(test("eq", more, integer(0)), "array split does not result in an equal division")
    bounds = variable(cx, "bounds", Alloc((count, integer(2)), None, ListOf(INT, 2)))

    def fill(k: Var) -> None:
        start = Binary("mul", k, each, INT)
        low = cx.hold(Binary("add", start, Call("min2", (k, more), INT), INT), "low")
        longer = Select(test("lt", k, more), integer(1), integer(0), INT)
        high = Binary("add", Binary("add", low, each, INT), longer, INT)
        store(cx, bounds, (k, integer(0)), low)
        store(cx, bounds, (k, integer(1)), high)

    repeat(cx, integer(0), count, fill)
    return bounds


def _at_points(cx: Scope, n: Expr, points: Value, node: ast.AST) -> Expr:
    """The bounds of the parts between the points, which are bounds of slices."""
    places = _integers(cx, points, node)
    count = cx.hold(Dim(places, 0, INT), "n")
    whole = Binary("add", count, integer(1), INT)
    bounds = variable(cx, "bounds", Alloc((whole, integer(2)), None, ListOf(INT, 2)))
    start = variable(cx, "start", integer(0))

    def put(k: Expr, end: Expr) -> None:
        store(cx, bounds, (k, integer(0)), start)
        store(cx, bounds, (k, integer(1)), Call("max2", (start, end), INT))

    def fill(k: Var) -> None:
        at = cast(Load(places, (Pt(k),), Num("int64")), INT)
        found = library_call(cx, "bounded", [number(cx.hold(at, "at")), number(n)], node)
        assert isinstance(found, Number)
        end = cx.hold(found.expr, "end")
        put(k, end)
        cx.set(start.sym, end)

    repeat(cx, integer(0), count, fill)
    put(count, n)
    return bounds


def _integers(cx: Scope, points: Value, node: ast.AST) -> Var:
    if isinstance(points, Tpl) and not points.items:
        decline(node, "LW102", "an array is split at points or into a number of parts")
    places = array_of(cx, points, node)
    if places.type.ndim != 1 or kind_of(machine_dtype(places.type)) not in "iu":
        decline(node, "LW102", "an array is split at integers only")
    held = cx.hold(cast(places.expr, Array("int64", 1)), "places")
    assert isinstance(held, Var)
    return held


SPLITTING: dict[str, Handler] = {"array_split": _split(False), "split": _split(True)}
