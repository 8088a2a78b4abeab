"""Failing programs made small: statements and parts of expressions are removed while they fail alike."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator


def shrunk(source: str, fails: Callable[[str], bool], seconds: float) -> str:
    """The smallest text that the removal of statements leaves and that still fails."""
    progress, end = True, time.monotonic() + seconds
    while progress:
        progress = False
        for smaller in _smaller(source):
            if time.monotonic() > end:
                return source
            if fails(smaller):
                source, progress = smaller, True
                break
    return source


def _smaller(source: str) -> Iterator[str]:
    """Texts with one statement less, one block in place of its statement, or a simpler expression."""
    count = sum(1 for _ in ast.walk(ast.parse(source)))
    for at in range(count):
        for how in ("remove", "unwrap", "left", "right"):
            tree = ast.parse(source)
            node = list(ast.walk(tree))[at]
            if _edited(tree, node, how):
                text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
                if len(text) < len(source) and _is_python(text):
                    yield text


def _is_python(text: str) -> bool:
    try:
        compile(text, "drawn.py", "exec")
    except SyntaxError:
        return False
    return True


def _edited(tree: ast.Module, node: ast.AST, how: str) -> bool:
    if isinstance(node, ast.stmt):
        return _statement(tree, node, how)
    parts = [c for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr)]
    if not isinstance(node, ast.expr) or not parts or how in ("remove", "unwrap"):
        return False
    return _put(tree, node, parts[0] if how == "left" else parts[-1])


def _statement(tree: ast.Module, node: ast.stmt, how: str) -> bool:
    for parent in ast.walk(tree):
        for name in ("body", "orelse"):
            block = getattr(parent, name, None)
            if not isinstance(block, list) or node not in block:
                continue
            at = block.index(node)
            inner = getattr(node, "body", None)
            if isinstance(parent, ast.Module):
                if how != "remove" or getattr(node, "name", "f") == "f":
                    return False
            if how == "remove" and (len(block) > 1 or name == "orelse"):
                del block[at]
                return True
            if how == "unwrap" and inner and not isinstance(parent, ast.Module):
                block[at : at + 1] = inner
                return True
    return False


def _put(tree: ast.Module, old: ast.expr, new: ast.expr) -> bool:
    types = {id(n) for a in ast.walk(tree) if isinstance(a, ast.arg) for n in ast.walk(a)}
    for parent in ast.walk(tree):
        if id(parent) in types:
            continue
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
                return True
            if isinstance(value, list) and old in value:
                value[value.index(old)] = new
                return True
    return False
