"""`sorted(items, key=...)`: the elements in the stable order of their keys.

Keys are numbers of one type. NaN has no order, so the kernel gives up there; -0.0 and 0.0 are equal, and a
stable sort keeps their order as Python's does.
"""

from __future__ import annotations

import ast

from loopwright.frontend.lower_args import constant_of
from loopwright.frontend.lower_comprehension import list_of
from loopwright.frontend.lower_index import list_element, whole
from loopwright.frontend.lower_iter import ONE, ZERO, Source
from loopwright.frontend.lower_join import cast, list_length, plain_column, widen
from loopwright.frontend.lower_lists import fresh_list, held, put
from loopwright.frontend.lower_loops import iterate
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import (
    Closure,
    Lst,
    Number,
    Origin,
    Tpl,
    Value,
    integer,
    negated,
    number,
)
from loopwright.ir.nodes import Binary, Call, Cast, Const, Dim, Expr, Fancy, Load, Reduce, Slc
from loopwright.ir.types import B1, BOOL, INT, Array, kind_of, machine_dtype

_PLACES = Array("int64", 1)


def sorted_by_key(cx: Scope, node: ast.Call) -> Value:
    """The value of the call, which has the argument `key`."""
    keywords = {k.arg: k.value for k in node.keywords}
    if len(node.args) != 1 or not set(keywords) <= {"key", "reverse"}:
        decline(node, "LW102", "this form of sorted is not covered")
    items = list_of(cx, node.args[0], node)
    key = cx.eval(keywords["key"])
    if not isinstance(items, Lst) or items.ndim > 1 or not isinstance(key, Closure):
        decline(node, "LW102", "sorting is covered for lists of numbers or tuples by a function")
    reverse = False
    if "reverse" in keywords:
        reverse = bool(constant_of(cx.eval(keywords["reverse"]), node, "reverse"))
    items = held(cx, whole(items))
    order = _order(cx, _keys(cx, items, key, keywords["key"], node), reverse, node)
    columns = []
    for column in items.columns:
        t = Array(machine_dtype(column.type), 1)
        columns.append(Cast(Load(cast(column, t), (Fancy(order),), t), column.type))
    origin = Origin(("site", cx.depth, id(node), "sorted"))
    return Lst(tuple(columns), items.site, 1, frozenset({origin}))


def _keys(cx: Scope, items: Lst, key: Closure, place: ast.expr, node: ast.Call) -> Expr:
    """An array of the keys."""
    n = list_length(items)
    keys = held(cx, fresh_list(cx, place, (n,), None))

    def run(pair: Value) -> None:
        assert isinstance(pair, Tpl) and isinstance(pair.items[0], Number)
        made = cx.unit.rules.function(cx, key, [pair.items[1]], node)
        if not isinstance(made, Number):
            decline(place, "LW102", "keys of sorting are covered if they are numbers")
        reason = widen(cx, keys.site, made)
        if reason is not None:
            decline(place, "LW302", reason)
        put(cx, keys, pair.items[0].expr, made)

    source = Source(ZERO, n, ONE, lambda at: Tpl((number(at), list_element(cx, items, at, place))))
    iterate(cx, source, run, lambda: None, place)
    column = plain_column(cx, keys)
    if column is None or kind_of(machine_dtype(column.type)) == "c":
        decline(place, "LW302", "the keys are not real numbers of one type")
    return cx.hold(cast(column, Array(machine_dtype(column.type), 1)), "keys")


def _order(cx: Scope, keys: Expr, reverse: bool, node: ast.AST) -> Expr:
    """The positions in the order of the keys; equal keys stay in order also if it is reversed."""
    t = keys.type
    assert isinstance(t, Array)
    if kind_of(t.dtype) == "f":
        odd = Call("np.isnan", (keys,), Array("bool", 1))
        cx.check(negated(Reduce("any", odd, None, False, B1)), "sorting by NaN")
    turned: Expr = keys
    if reverse:
        turned = cx.hold(Cast(_backwards(keys), t), "turned")
    order = cx.hold(Call("np.argsort", (turned, integer(0), Const(True, BOOL)), _PLACES), "order")
    if not reverse:
        return order
    last = Binary("sub", _length(keys), ONE, INT)
    return cx.hold(Binary("sub", last, _backwards(order), _PLACES), "order")


def _backwards(x: Expr) -> Expr:
    assert isinstance(x.type, Array)
    return Load(x, (Slc(None, None, integer(-1)),), Array(x.type.dtype, 1, "A"))


def _length(x: Expr) -> Expr:
    return Dim(x, 0, INT)
