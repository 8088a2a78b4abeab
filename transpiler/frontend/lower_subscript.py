"""`x[...]` where it is read, whatever `x` is; items of tuples and of objects."""

from __future__ import annotations

import ast
from dataclasses import replace

from loopwright.frontend.lower_arith import choose
from loopwright.frontend.lower_array_index import array_index
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_index import (
    index_number,
    list_position,
    load,
)
from loopwright.frontend.lower_list_index import (
    in_row,
    list_item,
    row_of,
    some_rows,
    string_part,
)
from loopwright.frontend.lower_names import is_prefix, read_path
from loopwright.frontend.lower_order import keep, spill
from loopwright.frontend.lower_parts import describe, row_part, row_with
from loopwright.frontend.lower_scope import Scope, Unreachable, decline
from loopwright.frontend.lower_tricks import TRICKS, trick
from loopwright.frontend.lower_values import (
    Arr,
    Library,
    Lst,
    Mixed,
    Number,
    Object,
    RaggedList,
    Rec,
    Row,
    String,
    Text,
    Tpl,
    Value,
    integer,
    number,
    test,
)
from loopwright.ir.nodes import (
    Const,
    Expr,
    Logic,
    Pt,
)
from loopwright.ir.types import (
    BOOL,
    INT,
)


def subscript(cx: Scope, base: Value, node: ast.Subscript) -> Value:
    """`base[index]` as a value, for the value of the base."""
    match base:
        case Arr():
            index = array_index(cx, base.type, node.slice)
            part = row_part(base)
            if part is not None and len(index.items) == 1 and isinstance(index.items[0], Pt):
                return number(in_row(cx, part, index.items[0].at))
            if node in cx.operands:  # arithmetic makes a number of an array without axes
                index = replace(index, ellipsis=False)
            return load(base, index, node)
        case String(codes):
            return string_part(subscript(cx, codes, node), node)
        case Lst():
            return list_item(cx, base, node)
        case RaggedList():
            if isinstance(node.slice, ast.Slice):
                return some_rows(cx, base, node)
            return row_of(cx, base, list_position(cx, cx.eval(node.slice), node.slice))
        case Row(items):
            found = list_item(cx, items, node)
            return row_with(found) if isinstance(node.slice, ast.Slice) else found
        case Tpl():
            return _tuple_item(cx, base, node)
        case Object(path):
            return _object_item(cx, path, node)
        case Rec(parts, "dict"):
            return entry(cx, parts, cx.eval(node.slice), node)
        case Library(name) if name in TRICKS:
            return trick(cx, name, node)
        case _:
            decline(node, "LW103", f"indexing {describe(base)} is not covered")


def constant_index(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int() as n):
            return int(n)
        case ast.UnaryOp(ast.USub(), ast.Constant(value=int() as n)):
            return -int(n)
        case _:
            return None


def _tuple_item(cx: Scope, base: Tpl, node: ast.Subscript) -> Value:
    if isinstance(node.slice, ast.Slice):
        bounds = [
            None if b is None else constant_index(b)
            for b in (node.slice.lower, node.slice.upper, node.slice.step)
        ]
        given = (node.slice.lower, node.slice.upper, node.slice.step)
        if any(b is None and g is not None for b, g in zip(bounds, given, strict=True)):
            decline(node, "LW103", "a tuple is sliced at constant positions only")
        keep(cx, base)
        return Tpl(base.items[slice(*bounds)])
    value = cx.eval(node.slice)
    if isinstance(value, Number) and isinstance(value.expr, Const):
        at = value.expr.value
        keep(cx, base)
        if isinstance(at, int) and -len(base.items) <= at < len(base.items):
            item = base.items[at]
            if isinstance(item, Mixed):
                decline(node, item.code, item.reason)
            return item
        raise Unreachable("tuple index out of range", cx.at(node))
    if not base.items:
        raise Unreachable("tuple index out of range", cx.at(node))
    return _chosen_item(cx, base, index_number(cx, value, node.slice), node)


def _chosen_item(cx: Scope, base: Tpl, index: Expr, node: ast.AST) -> Value:
    """The item at a position that is known at run time only."""
    base, n = spill_tuple(cx, base), len(base.items)
    at = cx.hold(cast(index, INT), "at")
    cx.check(test("ge", at, integer(-n)), "tuple index out of range")
    cx.check(test("lt", at, integer(n)), "tuple index out of range")

    def from_(k: int) -> Value:
        if k == n - 1:
            return base.items[k]
        here = Logic("or", test("eq", at, integer(k)), test("eq", at, integer(k - n)), BOOL)
        return choose(cx, here, lambda: base.items[k], lambda: from_(k + 1), node)

    return from_(0)


def spill_tuple(cx: Scope, base: Tpl) -> Tpl:
    """The tuple with its items in variables, for use more than once."""
    held = spill(cx, base)
    assert isinstance(held, Tpl)
    return held


def entry(cx: Scope, parts: Tpl, key: Value, node: ast.AST) -> Value:
    """An entry of a dict of a list, which has it as all the others have."""
    if not isinstance(key, Text) or key.value not in parts.fields:
        shown = "a dict of a list is indexed by constant keys that all its dicts have"
        decline(node, "LW103", f"{shown}, where the values are numbers of one type")
    cx.unit.fields.add(key.value)
    return parts.items[parts.fields.index(key.value)]


def _object_item(cx: Scope, path: str, node: ast.Subscript) -> Value:
    key_value = cx.eval(node.slice)
    match key_value:
        case Text(key):
            name = f"{path}[{key!r}]"
        case Number(Const(value=int() as n), _, _):
            name = f"{path}[{n!r}]"
        case _:
            decline(node, "LW103", f"`{path}` is indexed by constant keys only")
    found = read_path(cx, name, node)
    if found is not None:
        return found
    if is_prefix(cx, name):
        return Object(name)
    decline(node, "LW301", f"the type of `{name}` is not known")
