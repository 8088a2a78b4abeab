"""Dicts from outside that are only read: `d[k]`, `d.get(k)`, `k in d`, and what loops over them see."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_along import library_call
from loopwright.frontend.lower_arith import choose
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_list_index import list_element, row_of
from loopwright.frontend.lower_order import eval_all
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import Scope, Unreachable, decline
from loopwright.frontend.lower_values import (
    NOTHING,
    Lst,
    Number,
    RaggedList,
    Table,
    Tpl,
    Value,
    integer,
    number,
    test,
    truth_const,
)
from loopwright.ir.nodes import Expr
from loopwright.ir.types import INT, kind_of, machine_dtype


def dict_method(cx: Scope, table: Table, node: ast.Call, name: str) -> Value:
    """`d.name(...)`."""
    if name != "get" or node.keywords or not 1 <= len(node.args) <= 2:
        decline(node, "LW102", f"method `{name}` of a dict is not covered")
    key, *rest = eval_all(cx, node.args)
    default = rest[0] if rest else NOTHING
    at = _position(cx, table, key, node)
    if at is None:
        return default
    return choose(cx, _there(at), lambda: _entry(cx, table, at, node), lambda: default, node)


def dict_item(cx: Scope, table: Table, key: Value, node: ast.AST) -> Value:
    """`d[key]`; the kernel fails where Python raises KeyError."""
    at = _position(cx, table, key, node)
    if at is None:
        raise Unreachable("a dict without entries has no item", cx.at(node))
    cx.check(_there(at), "the dict has the key")
    return _entry(cx, table, at, node)


def dict_member(cx: Scope, table: Table, key: Value, node: ast.AST) -> Expr:
    """`key in d`."""
    at = _position(cx, table, key, node)
    return truth_const(False) if at is None else _there(at)


def _position(cx: Scope, table: Table, key: Value, node: ast.AST) -> Expr | None:
    """Where the key is among the keys, negative if it is not; None if there are none."""
    if not isinstance(key, Number) or key.tag is not None or key.types == (NOTHING.types[0],):
        decline(node, "LW103", f"{describe(key)} as the key of a dict is not covered")
    if kind_of(machine_dtype(key.type)) not in "bi":
        decline(node, "LW103", f"{key.type} as the key of a dict of ints is not covered")
    if not table.parts.items:
        return None
    wanted = number(cast(key.expr, INT))
    found = library_call(cx, "position_of_key", [table.parts.items[0], wanted], node)
    assert isinstance(found, Number)
    return cx.hold(found.expr, "at")


def _there(at: Expr) -> Expr:
    return test("ge", at, integer(0))


def _entry(cx: Scope, table: Table, at: Expr, node: ast.AST) -> Value:
    values = tuple(_column_entry(cx, column, at, node) for column in table.parts.items[2:])
    return Tpl(values) if table.row else values[0]


def _column_entry(cx: Scope, column: Value, at: Expr, node: ast.AST) -> Value:
    if isinstance(column, RaggedList):
        return row_of(cx, column, at)
    assert isinstance(column, Lst)
    return list_element(cx, column, at, node)


def table_item(cx: Scope, table: Table, what: str, turn: Expr, node: ast.AST) -> Value:
    """What a loop over the `keys`, `values` or `items` of a dict comes to in its turn number `turn`."""
    keys, order = table.parts.items[:2]
    assert isinstance(keys, Lst) and isinstance(order, Lst)
    place = list_element(cx, order, turn, node)
    assert isinstance(place, Number)
    at = cx.hold(place.expr, "at")
    if what == "keys":
        return list_element(cx, keys, at, node)
    held = _entry(cx, table, at, node)
    return held if what == "values" else Tpl((list_element(cx, keys, at, node), held))
