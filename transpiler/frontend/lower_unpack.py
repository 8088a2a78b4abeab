"""`a, b = t` and `a, *rest = t`: which target gets what."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_convert import list_length
from loopwright.frontend.lower_index import FULL, Index, load
from loopwright.frontend.lower_list_index import list_element, row_count, row_of
from loopwright.frontend.lower_lists import build_list
from loopwright.frontend.lower_order import present, spill, tuple_items
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Arr, Lst, RaggedList, Tpl, Value, integer, test
from loopwright.ir.nodes import Dim, Pt
from loopwright.ir.types import INT


def shared_out(
    cx: Scope, elts: list[ast.expr], value: Value, node: ast.expr
) -> list[tuple[ast.expr, Value]]:
    """The targets, each with its value."""
    starred = [k for k, e in enumerate(elts) if isinstance(e, ast.Starred)]
    if starred:
        return _with_rest(cx, elts, starred[0], value, node)
    items = unpacked(cx, value, len(elts), node)
    if len(elts) > 1:
        items = [spill(cx, v) for v in items]
    return list(zip(elts, items, strict=True))


def _with_rest(
    cx: Scope, elts: list[ast.expr], at: int, value: Value, node: ast.expr
) -> list[tuple[ast.expr, Value]]:
    """A list of the items that the other targets leave over goes to the starred one."""
    items = [spill(cx, v) for v in tuple_items(cx, value, node)]
    last = len(items) - (len(elts) - 1 - at)
    if last < at:
        decline(node, "LW111", f"{len(items)} values for {len(elts) - 1} targets raise ValueError")
    rest = elts[at]
    assert isinstance(rest, ast.Starred)
    given: list[Value] = [*items[:at], build_list(cx, items[at:last], rest), *items[last:]]
    targets = [*elts[:at], rest.value, *elts[at + 1 :]]
    return list(zip(targets, given, strict=True))


def unpacked(cx: Scope, value: Value, n: int, node: ast.AST) -> list[Value]:
    """The `n` items of a tuple, array or list."""
    value = present(cx, value)
    match value:
        case Tpl(items):
            if len(items) != n:
                decline(node, "LW111", f"{len(items)} values for {n} targets raise ValueError")
            return list(items)
        case Arr(expr, t, _):
            cx.check(test("eq", Dim(expr, 0, INT), integer(n)), "values to unpack")
            rest = (FULL,) * (t.ndim - 1)
            return [load(value, Index((Pt(integer(i)), *rest), t.ndim - 1), node) for i in range(n)]
        case Lst():
            cx.check(test("eq", list_length(value), integer(n)), "values to unpack")
            return [list_element(cx, value, integer(i), node) for i in range(n)]
        case RaggedList():
            cx.check(test("eq", row_count(value), integer(n)), "values to unpack")
            return [row_of(cx, value, integer(i)) for i in range(n)]
        case _:
            decline(node, "LW103", f"{describe(value)} cannot be unpacked here")
