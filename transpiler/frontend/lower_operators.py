"""`functools.reduce`, and the functions of `operator` that stand for an operator."""

from __future__ import annotations

import ast

from loopwright.frontend.lower_arith import binary
from loopwright.frontend.lower_compare import compare
from loopwright.frontend.lower_fold import reduce_items
from loopwright.frontend.lower_order import eval_all
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Value
from loopwright.frontend.names import chain_of, place_text
from loopwright.frontend.operator_names import ARITHMETIC, COMPARISONS


def operator_call(cx: Scope, name: str, node: ast.Call) -> Value:
    """`operator.name(a, b)`."""
    if node.keywords or len(node.args) != 2 or name not in (*ARITHMETIC, *COMPARISONS):
        decline(node, "LW102", f"`operator.{name}` is not covered in this form")
    a, b = eval_all(cx, node.args)
    if name in COMPARISONS:
        return compare(cx, name, a, b, node)  # type: ignore[arg-type]
    return binary(cx, name, a, b, node)  # type: ignore[arg-type]


def reduce_call(cx: Scope, node: ast.Call) -> Value:
    """`functools.reduce(f, x)` and `reduce(f, x, start)`, from left to right."""
    match node:
        case ast.Call(_, [function, items, *rest], []) if len(rest) < 2:
            pass
        case _:
            decline(node, "LW102", "this form of reduce is not covered")
    if not isinstance(function, ast.Lambda) and chain_of(function) is None:
        decline(function, "LW102", "reduce is covered for functions with a name and lambdas")
    total, item = (f"{part}#{place_text(node)}" for part in ("total", "item"))
    made = cx.unit.got.get(node)
    if made is None:
        args: list[ast.expr] = [ast.Name(total, ast.Load()), ast.Name(item, ast.Load())]
        made = cx.unit.got[node] = ast.Call(function, args, [])
        for part in (made, *args):
            ast.copy_location(part, node)
    applied = made

    def combine(old: Value, new: Value) -> Value:
        cx.bind(total, old)
        cx.bind(item, new)
        found = cx.eval(applied)
        for name in (total, item) if cx.env is not None else ():
            cx.live.pop(name, None)
        return found

    start = cx.eval(rest[0]) if rest else None
    return reduce_items(cx, items, start, combine, node)
