"""Evaluation order: operands are evaluated left to right, so one with effects must not overtake
the expressions before it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from loopwright.frontend.lower_parts import describe, flatten, refill
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Hashed, Lst, Maybe, Tpl, Value
from loopwright.ir.nodes import Assign, Check, Const, Expr, Fail, If, Stmt, Var


def effects(cx: Scope, stmts: Iterable[Stmt]) -> bool:
    """Whether the statements do more than set fresh variables and fail."""
    for stmt in stmts:
        match stmt:
            case Assign(sym, _, _) if sym in cx.hidden:
                continue
            case Check() | Fail():
                continue
            case If(_, then, orelse, _) if not effects(cx, then) and not effects(cx, orelse):
                continue
            case _:
                return True
    return False


def spill(cx: Scope, value: Value) -> Value:
    """The value as it is now, whatever is assigned later."""
    held = [e if _stable(cx, e) else cx.hold(e) for e in flatten(value)]
    return refill(value, held)


def present(cx: Scope, value: Value) -> Value:
    """A value that must not be None here (the original raises TypeError or AttributeError)."""
    if not isinstance(value, Maybe):
        return value
    cx.check(value.there, "None where a value is needed")
    return value.value


def keep(cx: Scope, value: Value) -> None:
    """Evaluate a value that is otherwise thrown away, since it may fail."""
    for expr in flatten(value):
        if not isinstance(expr, (Const, Var)):
            cx.hold(expr)


def _stable(cx: Scope, expr: Expr) -> bool:
    return isinstance(expr, Const) or (isinstance(expr, Var) and expr.sym in cx.hidden)


def _overtaken(cx: Scope, value: Value) -> Value:
    """An operand behind which others have effects: a list or dict is what it has become meanwhile."""
    match value:
        case Hashed():
            return value
        case Lst() if value.length is not None:
            return value
        case Tpl(items):
            return replace(value, items=tuple(_overtaken(cx, item) for item in items))
        case _:
            return spill(cx, value)


def in_order(cx: Scope, makers: Sequence[Callable[[], Value]]) -> list[Value]:
    """The values of several computations, made one after the other."""
    values: list[Value] = []
    for make in makers:
        with cx.block() as made:
            value = make()
        if effects(cx, made):
            values = [_overtaken(cx, v) for v in values]
        cx.out.extend(made)
        values.append(value)
    return values


def eval_all(cx: Scope, nodes: Sequence[ast.expr]) -> list[Value]:
    """The values of several expressions, evaluated left to right."""
    return in_order(cx, [lambda n=node: cx.eval(n) for node in nodes])  # type: ignore[misc]


def eval_spread(cx: Scope, nodes: Sequence[ast.expr]) -> list[Value]:
    """The values of several expressions; a starred one stands for the items of a tuple."""
    inner = [n.value if isinstance(n, ast.Starred) else n for n in nodes]
    found: list[Value] = []
    for node, value in zip(nodes, eval_all(cx, inner), strict=True):
        found += tuple_items(cx, value, node) if isinstance(node, ast.Starred) else (value,)
    return found


def tuple_items(cx: Scope, value: Value, node: ast.AST) -> tuple[Value, ...]:
    """What a star before a tuple stands for."""
    value = present(cx, value)
    if not isinstance(value, Tpl):
        decline(node, "LW103", f"unpacking {describe(value)} with a star is not covered")
    return value.items


def has_stars(elts: Sequence[ast.expr]) -> bool:
    """Whether a display has stars."""
    return any(isinstance(e, ast.Starred) for e in elts)


def is_spread(cx: Scope, elts: Sequence[ast.expr]) -> bool:
    """Whether a display has stars whose items are not known one by one."""
    starred = [e.value for e in elts if isinstance(e, ast.Starred)]
    return not all(_is_tuple(cx, inner) for inner in starred)


def _is_tuple(cx: Scope, node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):
        return not is_spread(cx, node.elts)
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return False
    with cx.block():
        return isinstance(present(cx, cx.eval(node)), Tpl)
