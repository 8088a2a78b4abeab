"""What the text of a function tells of its names: which lists shrink, are put into others, or get a second
name."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeGuard

from loopwright.frontend.lower_lists import shrunk
from loopwright.frontend.lower_scope import Scope


def note_names(cx: Scope, statements: Sequence[ast.stmt]) -> None:
    """Note what these statements of the function tell, beside what others did."""
    nodes = [n for s in statements for n in ast.walk(s)]
    cx.shrinking |= frozenset(name for n in nodes for name in shrunk(n))
    cx.appended |= frozenset(name for n in nodes if (name := _appended(n)) is not None)
    cx.aliased |= frozenset(name for n in nodes for name in _aliases(n))


def _appended(node: ast.AST) -> str | None:
    """The name that a call puts at the end of a list."""
    match node:
        case ast.Call(ast.Attribute(_, "append"), [ast.Name(name)]):
            return name
        case _:
            return None


def _aliases(node: ast.AST) -> list[str]:
    """Names that an assignment gives a second name to."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) or node.value is None:
        return []
    found: list[str] = []
    todo = [node.value]
    while todo:
        value = todo.pop()
        match value:
            case ast.Name(name):
                found.append(name)
            case ast.Tuple(elts) | ast.List(elts):
                todo += elts
            case ast.IfExp(_, a, b):
                todo += [a, b]
            case ast.BoolOp(_, values):
                todo += values
            case _:
                pass
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if found or len(targets) > 1:
        found += [n.id for t in targets for n in ast.walk(t) if _is_bound(n)]
    return found


def _is_bound(node: ast.AST) -> TypeGuard[ast.Name]:
    """Whether it is a name that an assignment binds; that of a list of which it sets an element is none."""
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
