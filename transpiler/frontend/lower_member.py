"""`x in y`: what each kind of collection is searched for."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_compare import compare, truth
from loopwright.frontend.lower_dicts import dict_member
from loopwright.frontend.lower_hashes import member as hashed_member
from loopwright.frontend.lower_join import cast
from loopwright.frontend.lower_list_methods import position
from loopwright.frontend.lower_order import present
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_strings import within
from loopwright.frontend.lower_values import (
    Arr,
    Hashed,
    Lst,
    Number,
    Row,
    Table,
    Tpl,
    Value,
    describe,
    is_string,
    truth_const,
)
from loopwright.ir.nodes import Const, Expr, Logic, Reduce
from loopwright.ir.types import BOOL, NONE, Num


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


def _of_tuple(cx: Scope, a: Value, items: Tpl, node: ast.expr) -> Expr:
    result: Expr = truth_const(False)
    for item in items.items:
        test = truth(cx, compare(cx, "eq", a, item, node), node)
        if isinstance(test, Const) and test.value is True:
            result = test
        elif not isinstance(result, Const):
            result = Logic("or", result, test, BOOL)
        elif result.value is False:
            result = test
    return result
