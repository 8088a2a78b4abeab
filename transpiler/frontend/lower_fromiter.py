"""`np.fromiter`: an array of what an iterable gives, one by one."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_args import bind, int_operand
from loopwright.frontend.lower_comprehension import list_of
from loopwright.frontend.lower_create import of_list
from loopwright.frontend.lower_dtypes import dtype_of
from loopwright.frontend.lower_list_index import whole
from loopwright.frontend.lower_order import effects
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Library, Lst, Number, Value, test
from loopwright.ir.nodes import Dim
from loopwright.ir.types import COMPLEX, INT, kind_of

_STILL = ("range", "len", "enumerate", "zip", "reversed", "map", "filter")


def from_iterable(cx: Scope, node: ast.Call) -> Value:
    """`np.fromiter(items, dtype, count)`; the kernel gives up where `count` is not the number of items."""
    if not node.args:
        decline(node, "LW102", "what gives the items is taken by position")
    items = node.args[0]
    rest = ast.copy_location(ast.Call(node.func, node.args[1:], node.keywords), node)
    with cx.block() as made:
        bound = bind(cx, rest, ["dtype", "count"])
        dtype = dtype_of(bound.get("dtype"), node)
        if dtype is None:
            decline(node, "LW102", "`np.fromiter` is covered with a dtype")
        count = None
        if "count" in bound and not _is_any(rest):
            count = cx.hold(int_operand(cx, bound["count"], node), "count")
    if effects(cx, made) or (count is not None and not _is_still(cx, items)):
        decline(node, "LW102", "arguments with effects are not covered here")
    cx.out.extend(made)
    value = list_of(cx, items, items)
    assert isinstance(value, Lst)
    elem = cx.unit.sites.element(value.site)
    plain = elem is None or (isinstance(elem, Number) and value.ndim == 1)
    if not plain or (isinstance(elem, Number) and COMPLEX in elem.types and kind_of(dtype) != "c"):
        decline(node, "LW102", "`np.fromiter` is covered for real numbers")
    if count is not None:
        length = Dim(whole(value).columns[0], 0, INT)
        cx.check(test("eq", length, count), "as many items as the count says")
    return of_list(cx, value, dtype, node)


def _is_still(cx: Scope, items: ast.expr) -> bool:
    """Whether nothing that the count may depend on can change before the first item is asked for."""
    first = items.generators[0].iter if isinstance(items, ast.GeneratorExp) else items
    called = [n.func for n in ast.walk(first) if isinstance(n, ast.Call)]
    return not any(isinstance(n, ast.NamedExpr) for n in ast.walk(first)) and all(
        isinstance(func, ast.Name)
        and func.id in _STILL
        and cx.eval(func) == Library(f"builtins.{func.id}")
        for func in called
    )


def _is_any(node: ast.Call) -> bool:
    """Whether the count is the one that stands for any."""
    given = [*node.args[1:2], *(k.value for k in node.keywords if k.arg == "count")]
    return any(ast.unparse(value) == "-1" for value in given)
