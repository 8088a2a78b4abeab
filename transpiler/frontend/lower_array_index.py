"""The subscript of an array, which may be a tuple of any length too, with one number for each axis."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_convert import list_length
from loopwright.frontend.lower_index import (
    Index,
    complete,
    index_item,
    index_items,
    index_number,
    is_ellipsis,
    load,
)
from loopwright.frontend.lower_list_index import in_row, list_element
from loopwright.frontend.lower_names import dim
from loopwright.frontend.lower_order import present, spill
from loopwright.frontend.lower_parts import describe, row_part
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    Arr,
    Library,
    Lst,
    Row,
    Tpl,
    Value,
    integer,
    number,
    test,
)
from loopwright.ir.nodes import Load, Pt
from loopwright.ir.types import Array


def array_index(cx: Scope, t: Array, node: ast.expr) -> Index:
    """The index items of `x[node]` for an array of type `t`."""
    if isinstance(node, ast.Tuple):
        return complete(index_items(cx, node.elts), t, node)
    if isinstance(node, ast.Slice) or is_ellipsis(node):
        return complete(index_items(cx, [node]), t, node)
    listed = _listed(cx, node)
    value = cx.eval(node) if listed is None else present(cx, cx.eval(listed))
    match value:
        case Tpl(items):
            return complete([index_item(cx, v, node) for v in items], t, node)
        case Row(row):
            return complete([*_coordinates(cx, row, t, node)], t, node)
        case Arr() | Lst() if listed is not None:
            return complete([*_coordinates(cx, value, t, node)], t, node)
        case _ if listed is not None:
            decline(node, "LW102", f"tuple of {describe(value)} is not covered")
        case _:
            return complete([index_item(cx, value, node)], t, node)


def _listed(cx: Scope, node: ast.expr) -> ast.expr | None:
    """What `tuple(...)` turns into a tuple, if that has a length of its own."""
    match node:
        case ast.Call(ast.Name("tuple") as name, [given], []):
            whole = not isinstance(given, ast.List | ast.GeneratorExp | ast.Starred)
            return given if whole and cx.eval(name) == Library("builtins.tuple") else None
        case _:
            return None


def _coordinates(cx: Scope, row: Arr | Lst, t: Array, node: ast.expr) -> list[Pt]:
    """The numbers of a list or an array, of which there must be one for each axis."""
    if (row.type.ndim if isinstance(row, Arr) else row.ndim) != 1:
        decline(node, "LW102", f"a tuple of the rows of {describe(row)} is not covered")
    direct = isinstance(row, Arr) and isinstance(row.expr, Load)
    held = row if direct else spill(cx, row)
    assert isinstance(held, (Arr, Lst))
    length = dim(held, 0) if isinstance(held, Arr) else list_length(held)
    cx.check(test("eq", length, integer(t.ndim)), "a tuple that is no number for each axis")
    return [Pt(index_number(cx, _at(cx, held, k, node), node)) for k in range(t.ndim)]


def _at(cx: Scope, row: Arr | Lst, k: int, node: ast.expr) -> Value:
    if isinstance(row, Lst):
        return list_element(cx, row, integer(k), node)
    part = row_part(row)
    if part is not None:
        return number(in_row(cx, part, integer(k)))
    return load(row, Index((Pt(integer(k)),), 0), node)
