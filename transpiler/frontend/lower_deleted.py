"""`del x[k]` and `del x[a:b]` of lists: the elements behind move down."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_index import list_position
from loopwright.frontend.lower_list_index import in_buffer
from loopwright.frontend.lower_list_methods import close_gap, shrinkable
from loopwright.frontend.lower_order import present
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_slices import bounds_of
from loopwright.frontend.lower_values import Lst, integer
from loopwright.ir.nodes import Binary, Call
from loopwright.ir.types import INT


def delete(cx: Scope, targets: list[ast.expr], stmt: ast.stmt) -> None:
    """`del ...` of one item or slice after the other."""
    for target in targets:
        if not isinstance(target, ast.Subscript):
            decline(stmt, "LW101", f"`del {ast.unparse(target)}` is not covered")
        base = present(cx, cx.eval(target.value))
        if not isinstance(base, Lst):
            decline(stmt, "LW101", f"deleting an item of {describe(base)} is not covered")
        _delete_item(cx, base, target)


def _delete_item(cx: Scope, base: Lst, target: ast.Subscript) -> None:
    part = target.slice
    if not isinstance(part, ast.Slice):
        at = list_position(cx, cx.eval(part), part)
        length = shrinkable(cx, base, target)
        place = cx.hold(in_buffer(cx, base, cast(at, INT)), "at")
        close_gap(cx, base, length, place, integer(1))
        return
    if part.step is not None:
        decline(target, "LW101", "deleting a slice with a step is not covered")
    length = shrinkable(cx, base, target)
    first, last, _ = bounds_of(cx, base, part, target)
    count = Call("max2", (Binary("sub", last, first, INT), integer(0)), INT)
    close_gap(cx, base, length, first, cx.hold(count, "count"))
