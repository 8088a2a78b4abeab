"""`collections.deque`: a list with one name, of which the function only uses what lists can do as well.

Where a deque is used otherwise (handed on, returned, cut, compared, run over), it is declined where it is
made: there a deque is no list.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.names import walk_scope

ENDS = frozenset(("popleft", "appendleft"))
_METHODS = ENDS | {"append", "pop", "extend", "clear"}
_SIZES = ("len", "bool")


def plain_deque(cx: Scope, node: ast.Call) -> None:
    """Declines the making of a deque, or a call that is of deques only, unless a list may stand for it."""
    if node.keywords or len(node.args) > 1:
        decline(
            node,
            "LW102",
            "a deque is covered without a greatest length, lists have no such methods",
        )
    if node not in _covered(cx.unit.tree):
        decline(
            node, "LW102", "a deque is covered with one name, to put in and take out at its ends"
        )


@lru_cache(maxsize=64)
def _covered(tree: ast.Module) -> frozenset[ast.Call]:
    """The calls that make such deques, and those of the methods that lists do not have."""
    found: set[ast.Call] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            names = {name for part in walk_scope(function) for name, _ in _makes(part)}
            for name in names:
                calls = _uses(function, name)
                found.update(calls or ())
    return frozenset(found)


def _makes(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    match node:
        case ast.Assign([ast.Name(name)], ast.Call() as value) | ast.AnnAssign(
            ast.Name(name), _, ast.Call() as value
        ) if isinstance(value.func, (ast.Name, ast.Attribute)):
            last = value.func.id if isinstance(value.func, ast.Name) else value.func.attr
            if last == "deque":
                yield name, value


def _uses(function: ast.FunctionDef, name: str) -> list[ast.Call] | None:
    """Those calls, for the deque `name`; None if it is used in other ways, too."""
    above = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
    arguments = function.args
    if any(a.arg == name for a in ast.walk(arguments) if isinstance(a, ast.arg)):
        return None
    found: list[ast.Call] = []
    for node in above:
        if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return None
        if not isinstance(node, ast.Name) or node.id != name:
            continue
        made = [call for _, call in _makes(above[node])]
        if isinstance(node.ctx, ast.Store) and made:
            found += made
        elif (call := _method_call(node, above)) is not None:
            found.append(call)
        elif not isinstance(node.ctx, ast.Load) or not (
            _is_read(node, above) or _is_test(node, above)
        ):
            return None
    return found


def _method_call(node: ast.Name, above: dict[ast.AST, ast.AST]) -> ast.Call | None:
    attribute = above[node]
    if not isinstance(attribute, ast.Attribute) or attribute.attr not in _METHODS:
        return None
    call = above[attribute]
    return call if isinstance(call, ast.Call) and call.func is attribute else None


def _is_read(node: ast.Name, above: dict[ast.AST, ast.AST]) -> bool:
    """`len(q)`, `q[k]`, `x in q`."""
    match above[node]:
        case ast.Call(ast.Name(function), [only], []):
            return only is node and function in _SIZES
        case ast.Subscript(value, at):
            return value is node and not isinstance(at, (ast.Slice, ast.Tuple))
        case ast.Compare(_, [ast.In() | ast.NotIn()], [right]):
            return right is node
        case _:
            return False


def _is_test(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    """Whether only the truth of the value counts."""
    match above[node]:
        case (
            ast.While(test=test) | ast.If(test=test) | ast.IfExp(test=test) | ast.Assert(test=test)
        ):
            return test is node
        case ast.UnaryOp(ast.Not()):
            return True
        case ast.BoolOp():
            return _is_test(above[node], above)
        case _:
            return False
