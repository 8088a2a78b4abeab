"""`x[a:b:s] = y` for lists, where the length stays.

The kernel gives up where `y` has another length than the slice, for the list then grows or shrinks, or the
original raises; and where the step is not positive.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_build import repeat
from loopwright.frontend.lower_convert import cast, list_length
from loopwright.frontend.lower_counted import add
from loopwright.frontend.lower_index import index_number
from loopwright.frontend.lower_list_index import element_of, used_part
from loopwright.frontend.lower_listed import holds_arrays, holds_dicts, slice_of
from loopwright.frontend.lower_parts import describe, refill
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Lst, Number, Value, integer, number, test
from loopwright.ir.nodes import Binary, Call, Dim, Expr, Load, Slc, Var
from loopwright.ir.types import INT

Put = Callable[[Scope, Lst, Expr, Value, ast.AST], None]


def slice_writer(
    cx: Scope, base: Lst, part: ast.Slice, node: ast.AST, put: Put
) -> Callable[[Value], None]:
    """Evaluates the bounds; the function returned puts the elements of a list there, by `put`."""
    if base.ndim > 1:
        decline(node, "LW101", "assignment to a slice of a nested list is not covered")
    first, last, step = bounds_of(cx, base, part, node)
    cx.check(test("gt", step, integer(0)), "a step that is not positive")
    room = add(Binary("sub", last, first, INT), Binary("sub", step, integer(1), INT))
    count = cx.hold(Call("max2", (Binary("floordiv", room, step, INT), integer(0)), INT), "count")

    def write(value: Value) -> None:
        if not isinstance(value, Lst) or value.ndim > 1:
            decline(node, "LW101", f"{describe(value)} in the place of a slice is not covered")
        if any(holds(cx, each) for each in (base, value) for holds in (holds_arrays, holds_dicts)):
            decline(node, "LW101", "assignment to a slice of a list of arrays is not covered")
        # a new list is no part of another
        columns = [
            cx.hold(slice_of(c, Slc()) if isinstance(c, (Var, Load)) else c, "given")
            for c in used_part(value)
        ]
        cx.check(test("eq", Dim(columns[0], 0, INT), count), "a slice of another length")
        element = cx.unit.sites.element(value.site)
        if element is None:
            return

        def one(k: Var) -> None:
            given = refill(element, [element_of(c, k) for c in columns])
            at = cx.hold(add(first, Binary("mul", k, step, INT)), "at")
            put(cx, base, at, given, node)

        repeat(cx, integer(0), count, one)

    return write


def bounds_of(cx: Scope, base: Lst, part: ast.Slice, node: ast.AST) -> tuple[Expr, Expr, Expr]:
    """The bounds of a slice of a list, as positions from 0 to its length, and the step.

    The length is that behind the evaluation of all three, which may change it.
    """
    lower, upper, step = (
        None if each is None else _int(cx, each) for each in (part.lower, part.upper, part.step)
    )
    n = cx.hold(cast(list_length(base), INT), "n")
    first = integer(0) if lower is None else _bounded(cx, lower, n, node)
    last = n if upper is None else _bounded(cx, upper, n, node)
    return first, last, integer(1) if step is None else step


def _int(cx: Scope, node: ast.expr) -> Expr:
    return cx.hold(cast(index_number(cx, cx.eval(node), node), INT), "bound")


def _bounded(cx: Scope, at: Expr, n: Expr, node: ast.AST) -> Expr:
    """A bound of a slice as a position from 0 to `n`."""
    found = library_call(cx, "bounded", [number(at), number(n)], node)
    assert isinstance(found, Number)
    return cx.hold(found.expr, "bound")
