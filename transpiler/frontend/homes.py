"""In which module a function or class stands, where that is not the module that is being compiled."""

from __future__ import annotations

import ast
from collections.abc import MutableMapping
from weakref import WeakKeyDictionary

from loopwright.frontend.region import Module

_HOMES: MutableMapping[ast.AST, Module] = WeakKeyDictionary()


def settle(module: Module) -> None:
    """Note that the functions and classes of `module` stand there."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            _HOMES[node] = module


def home_of(module: Module, node: ast.AST) -> Module:
    """The module that the function or class stands in: that of another file, or else `module`."""
    return _HOMES.get(node, module)


def is_foreign(node: ast.AST) -> bool:
    """Whether a function or class stands in another file than the one that is being compiled."""
    return node in _HOMES
