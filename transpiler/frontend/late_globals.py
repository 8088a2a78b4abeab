"""Which globals may not be there yet when a function is called: those bound behind its definition."""

from __future__ import annotations

import ast
from functools import lru_cache

from loopwright.frontend.definite import Assigned, Bound
from loopwright.frontend.names import scope_locals
from loopwright.frontend.region import Module
from loopwright.frontend.scopes import kind_of_name, running, site_of


def is_late(module: Module, function: ast.FunctionDef, name: str) -> bool:
    """Whether `name` is a global that a call of `function` may not find: the module calls it before it binds
    the name, or while it is imported by a module that it imports itself."""
    site = site_of(module, function)
    if any(name in scope_locals(f) for f in (*site.enclosing, site.node)):
        return False
    if kind_of_name(module, site, name) == "builtin":
        return False
    known = _bound_before(module).get(_outermost(module, function))
    return known is None or not known.is_sure(name)


@lru_cache(maxsize=16)
def _bound_before(module: Module) -> dict[ast.stmt, Bound]:
    """What is bound before each statement that runs when the module does."""
    return Assigned(running(module.tree).body, frozenset()).before


@lru_cache(maxsize=1024)
def _outermost(module: Module, function: ast.FunctionDef) -> ast.stmt:
    """The definition at the level of the module that holds `function`, perhaps inside of an `if` or `try`."""
    places = _bound_before(module)
    holding = [
        stmt
        for stmt in places
        if stmt.lineno <= function.lineno and (function.end_lineno or 0) <= (stmt.end_lineno or 0)
    ]
    return max(holding, key=lambda stmt: stmt.lineno, default=function)
