"""`[first, *items, last]`: a list display with stars, filled from left to right as Python fills it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from loopwright.frontend.lower_fold import each_item
from loopwright.frontend.lower_join import store_variable
from loopwright.frontend.lower_lists import append, build_list
from loopwright.frontend.lower_scope import Scope
from loopwright.frontend.lower_values import Lst, RaggedList, Value


def spread_display(cx: Scope, elts: Sequence[ast.expr], node: ast.AST) -> Value:
    """A new list; what a star stands for is taken before the next item is evaluated."""
    name = cx.fresh("items")
    store_variable(cx, name, build_list(cx, [], node))

    def put(value: Value) -> None:
        target = cx.live[name].value
        assert isinstance(target, (Lst, RaggedList))
        append(cx, target, value, node)

    for elt in elts:
        if isinstance(elt, ast.Starred):
            each_item(cx, elt.value, put)
        else:
            put(cx.eval(elt))
    return cx.live.pop(name).value
