"""`a, b = (f(e) for e in ("u", "v"))` and `a, b = zip(*rows)`: items of an iterator that all get names."""

from __future__ import annotations

import ast
from collections.abc import Callable

from loopwright.frontend.lower_columns import columns_at_once
from loopwright.frontend.lower_generators import item_of, mapped
from loopwright.frontend.lower_order import has_stars, spill
from loopwright.frontend.lower_parts import origins_of
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Deferred, Library, Tpl, Value


def items_at_once(cx: Scope, targets: list[ast.expr], node: ast.expr) -> Value | None:
    """The items of an iterator of which it is known how many it has; None for other code."""
    match targets:
        case [ast.Tuple(names) | ast.List(names)] if not has_stars(names):
            pass
        case _:
            return None
    makers = _columns(cx, node, len(names))
    if makers is not None:
        return Tpl(tuple(spill(cx, make()) for make in makers))
    loop = _loop(cx, node)
    if loop is None:
        return None
    made = Deferred(loop, tuple(cx.renamed.items()))
    match loop.generators[0].iter:
        case ast.Tuple(elts) | ast.List(elts) if all(isinstance(e, ast.Constant) for e in elts):
            items = tuple(spill(cx, item_of(cx, made, cx.eval(e))) for e in elts)
            if any(origins_of(item) for item in items):
                decline(node, "LW103", "a generator of arrays or lists is not shared out")
            return Tpl(items)
        case source:
            makers = _columns(cx, source, len(names))
            if makers is None:
                return None
            return Tpl(tuple(spill(cx, item_of(cx, made, spill(cx, make()))) for make in makers))


def _loop(cx: Scope, node: ast.expr) -> ast.GeneratorExp | None:
    """The generator that the node is, if it has one item for each of what it runs over."""
    made = node if isinstance(node, ast.GeneratorExp) else mapped(cx, node)
    match made:
        case ast.GeneratorExp(_, [ast.comprehension(_, _, [], 0)]):
            return made
        case _:
            return None


def _columns(cx: Scope, node: ast.expr, n: int) -> list[Callable[[], Value]] | None:
    match node:
        case ast.Call(ast.Name("zip") as name, [ast.Starred(rows)], []):
            if cx.eval(name) == Library("builtins.zip"):
                return columns_at_once(cx, rows, n, node)
    return None
