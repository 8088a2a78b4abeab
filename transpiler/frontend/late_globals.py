"""Which globals may not be there when a function is called: those bound behind its definition, and those that
some function deletes."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache

from loopwright.frontend.definite import Assigned, Bound
from loopwright.frontend.lower_modules import has_star
from loopwright.frontend.names import mangled, scope_locals
from loopwright.frontend.region import Module
from loopwright.frontend.scopes import kind_of_name, running, site_of


def late_globals(module: Module, function: ast.FunctionDef, names: Iterable[str]) -> dict[str, str]:
    """Those of `names` that are globals which a call of `function` may not find, and what they are called in
    the module. It may call the function before it binds the name, or while it is imported by a module that it
    imports itself."""
    site = site_of(module, function)
    around = (*site.enclosing, site.node)
    owner = site_of(module, around[0]).owner
    late: dict[str, str] = {}
    for name in names:
        known = mangled(name, owner)
        if any(name in scope_locals(f) for f in around):
            continue
        if known == name and kind_of_name(module, site, name) == "builtin":
            continue
        before = _bound_before(module).get(_outermost(module, function))
        if before is None or not before.is_sure(known) or known in _deleted(module):
            late[name] = known
    return late


def may_ask(module: Module, function: ast.FunctionDef) -> bool:
    """Whether `globals` is Python's own there."""
    own = kind_of_name(module, site_of(module, function), "globals") == "builtin"
    return own and not has_star(module.tree)


@lru_cache(maxsize=16)
def _bound_before(module: Module) -> dict[ast.stmt, Bound]:
    """What is bound before each statement that runs when the module does."""
    return Assigned(running(module.tree).body, frozenset()).before


@lru_cache(maxsize=16)
def _deleted(module: Module) -> frozenset[str]:
    """The names that stand in a `del` anywhere."""
    found = (node for node in ast.walk(module.tree) if isinstance(node, ast.Delete))
    return frozenset(t.id for node in found for t in node.targets if isinstance(t, ast.Name))


@lru_cache(maxsize=1024)
def _outermost(module: Module, function: ast.FunctionDef) -> ast.stmt:
    """The definition at the level of the module that holds `function`, perhaps inside of an `if` or `try`."""
    holding = [
        stmt
        for stmt in _bound_before(module)
        if stmt.lineno <= function.lineno and (function.end_lineno or 0) <= (stmt.end_lineno or 0)
    ]
    return max(holding, key=lambda stmt: stmt.lineno, default=function)
