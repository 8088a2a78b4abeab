"""Functions that call themselves: they become functions of the kernel that do so.

Lowering one needs the type of its result at the calls of itself. The first lowering takes these calls not
to return, so that the other paths tell the type; the next ones start with what was learnt, until nothing
changes.

Python bounds the depth of calls, and a kernel must not exhaust the machine's stack. A function that calls
itself gets one more parameter, the number of its calls that are under way, and gives up at a depth that
Python still allows: where Python raises RecursionError, the original does.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from loopwright.frontend.lower_scope import Active, Scope, decline
from loopwright.frontend.lower_values import Closure, integer, test
from loopwright.frontend.names import calls
from loopwright.ir.nodes import Binary, Expr, Sym, Var
from loopwright.ir.types import INT

FRAMES = 800
"""Frames of Python that calls of one function may take: the default limit is 1000 for all functions."""
_INSIDE = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
FRAMES_INSIDE = 3
"""Those of a call in a generator, say, that a builtin runs: of function, generator and builtin."""
KINDS = 4
"""Types of arguments for which one function may be under way at once."""


def called_again(
    cx: Scope, callee: Closure, same: Callable[[Active], bool], node: ast.AST
) -> Scope | None:
    """The scope of `callee`, if it is being lowered for a call that is the `same`."""
    active = [a for a in cx.unit.active if a.callee == callee]
    found = next((a for a in reversed(active) if same(a)), None)
    if found is None:
        if len(active) >= KINDS:
            decline(
                node, "LW105", f"`{callee.name}` calls itself with arguments of ever other types"
            )
        return None
    if found is not cx.unit.active[-1]:
        decline(node, "LW105", f"`{callee.name}` calls itself through another function")
    scope = found.scope
    if scope.calls is None:
        scope.name = cx.unit.unique(scope.name)
        scope.calls = Sym("calls", INT)
    return scope


def calls_under_way(cx: Scope) -> Expr:
    """The argument for that parameter."""
    return integer(0) if cx.calls is None else Binary("add", Var(cx.calls), integer(1), INT)


def limit_calls(cx: Scope, function: ast.FunctionDef | ast.Lambda) -> None:
    """The test at the begin of a function that calls itself."""
    if cx.calls is None:
        return
    name = function.name if isinstance(function, ast.FunctionDef) else None
    inside = any(isinstance(n, _INSIDE) and calls(n, name) for n in ast.walk(function))
    limit = FRAMES // FRAMES_INSIDE if inside else FRAMES
    cx.at(function)
    cx.check(test("lt", Var(cx.calls), integer(limit)), "the calls get too deep")
