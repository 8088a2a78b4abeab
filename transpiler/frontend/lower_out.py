"""`np.divide(a, b, out=c, where=m)`: ufuncs that are told where their result goes."""

from __future__ import annotations

import ast
from collections.abc import Callable

import numpy as np

from loopwright.frontend.lower_arith import as_operand
from loopwright.frontend.lower_index import FULL, Index
from loopwright.frontend.lower_names import dim
from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_reduce import wrap
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_store import store_array
from loopwright.frontend.lower_values import Arr, Value, test
from loopwright.frontend.typing_rules import rank_of
from loopwright.ir.nodes import Call, Expr
from loopwright.ir.types import Array, machine_dtype

_WORDS = frozenset(("out", "where"))


def has_out(name: str, node: ast.Call) -> bool:
    """Whether the call is of a ufunc with `out` or `where`, and no other keyword."""
    words = {k.arg for k in node.keywords}
    return bool(words) and words <= _WORDS and isinstance(getattr(np, name, None), np.ufunc)


def with_out(cx: Scope, node: ast.Call, plain: Callable[[ast.Call], Value]) -> Value:
    """`plain` lowers the call without its keywords."""
    given = {k.arg: k.value for k in node.keywords}
    if "out" not in given:
        decline(node, "LW102", "`where` without `out` leaves elements unset")
    result = plain(ast.copy_location(ast.Call(node.func, node.args, []), node))
    operand = as_operand(cx, result, node)
    if rank_of(operand.type):
        operand = cx.hold(operand, "result")
    out = cx.eval(given["out"])
    if not isinstance(out, Arr) or machine_dtype(operand.type) != out.type.dtype:
        decline(node, "LW102", f"`out` that is {describe(out)} is not covered")
    if "where" in given:
        out = out if out.origins else Arr(cx.hold(out.expr, "out"), out.type, out.origins)
        operand = _chosen(cx, given["where"], operand, out, node)
    elif not out.origins:
        decline(node, "LW102", "`out` that nothing else holds is covered with `where`")
    if not out.origins:
        return wrap(operand)
    rank = out.type.ndim
    store_array(cx, out, Index((FULL,) * rank, rank), wrap(operand), node)
    return out


def _chosen(cx: Scope, mask: ast.expr, operand: Expr, out: Arr, node: ast.AST) -> Expr:
    """The result where the mask is true, else what `out` holds."""
    chosen = as_operand(cx, cx.eval(mask), node)
    if machine_dtype(chosen.type) != "bool":
        decline(node, "LW102", "`where` is covered for booleans")
    if max(rank_of(chosen.type), rank_of(operand.type)) > out.type.ndim:
        decline(node, "LW304", "`out` has fewer axes than the result")
    expr = Call("np.where", (chosen, operand, out.expr), Array(out.type.dtype, out.type.ndim))
    if out.origins:
        return expr
    held = Arr(cx.hold(expr, "chosen"), Array(out.type.dtype, out.type.ndim), frozenset())
    for axis in range(out.type.ndim):
        cx.check(test("eq", dim(held, axis), dim(out, axis)), "non-broadcastable output operand")
    return held.expr
