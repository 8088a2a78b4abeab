"""`x in y`: what each kind of collection is searched for."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_compare import apart, compare, truth
from loopwright.frontend.lower_convert import cast
from loopwright.frontend.lower_dicts import dict_member
from loopwright.frontend.lower_hashes import member as hashed_member
from loopwright.frontend.lower_list_index import row_of
from loopwright.frontend.lower_list_methods import position
from loopwright.frontend.lower_order import present, spill
from loopwright.frontend.lower_parts import describe, is_string
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_strings import within
from loopwright.frontend.lower_subscript import entry
from loopwright.frontend.lower_values import (
    Arr,
    Hashed,
    Lst,
    Number,
    RaggedList,
    Rec,
    Row,
    Table,
    Tpl,
    Value,
    integer,
    truth_const,
)
from loopwright.ir.nodes import Assign, Break, Const, Dim, Expr, For, If, Logic, Reduce, Var
from loopwright.ir.types import BOOL, INT, NONE, Num


def member(cx: Scope, a: Value, b: Value, node: ast.expr) -> Expr:
    """`a in b`."""
    b = present(cx, b)
    if isinstance(b, Row):
        b = b.items
    match b:
        case Tpl():
            return _of_tuple(cx, a, b, node)
        case Lst() if b.ndim == 1:
            return position(cx, b, a, node)[0]
        case Arr():
            return _of_array(cx, a, b, node)
        case Table():
            return dict_member(cx, b, a, node)
        case Hashed():
            return hashed_member(cx, b, a, node)
        case Rec(parts, "dict"):
            entry(cx, parts, a, node)
            return truth_const(True)
        case RaggedList(text=True) if is_string(a):
            return _of_strings(cx, a, b, node)
        case _ if is_string(a) and is_string(b):
            return within(cx, a, b, node)
        case _:
            decline(node, "LW103", f"`in` is not covered for {describe(a)} and {describe(b)}")


def _of_array(cx: Scope, a: Value, b: Arr, node: ast.expr) -> Expr:
    """`(b == a).any()`: an array is sought element by element, with broadcasting, not as a row."""
    a = present(cx, a)
    if not isinstance(a, (Number, Arr, Lst)) or (isinstance(a, Number) and NONE in a.types):
        decline(node, "LW103", f"`in` is not covered for {describe(a)} and {describe(b)}")
    equal = compare(cx, "eq", b, a, node)
    assert isinstance(equal, Arr)
    return cast(Reduce("any", equal.expr, None, False, Num("bool")), BOOL)


def _of_strings(cx: Scope, a: Value, b: RaggedList, node: ast.expr) -> Expr:
    """A loop that ends at the first string that is equal."""
    a = spill(cx, a)
    found, k = cx.sym(cx.fresh("found"), BOOL), cx.sym(cx.fresh("k"), INT)
    cx.set(found, truth_const(False))
    with cx.block() as body:
        equal = truth(cx, compare(cx, "eq", row_of(cx, b, Var(k)), a, node), node)
        hit = (Assign(found, truth_const(True), cx.span), Break(cx.span))
        cx.emit(If(equal, hit, (), cx.span))
    count = cx.hold(Dim(b.bounds, 0, INT), "n")
    cx.emit(For(k, integer(0), count, integer(1), tuple(body), (), cx.span))
    return Var(found)


def _of_tuple(cx: Scope, a: Value, items: Tpl, node: ast.expr) -> Expr:
    result: Expr = truth_const(False)
    for item in items.items:
        if isinstance(a, Number) and isinstance(item, Number):
            apart(cx, a, item, node)
        test = truth(cx, compare(cx, "eq", a, item, node), node)
        if isinstance(test, Const) and test.value is True:
            result = test
        elif not isinstance(result, Const):
            result = Logic("or", result, test, BOOL)
        elif result.value is False:
            result = test
    return result
