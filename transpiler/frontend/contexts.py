"""Contexts that change nothing but which warnings are shown: `np.errstate` and `warnings.catch_warnings`."""

from __future__ import annotations

import ast

MANAGERS = frozenset(("numpy.errstate", "warnings.catch_warnings"))
FILTERS = frozenset(("warnings.simplefilter", "warnings.filterwarnings"))
_QUIET = frozenset(("ignore", "warn", "print"))
_ACTIONS = frozenset(("ignore", "default", "always", "module", "once"))
_PLAIN = (ast.Constant, ast.Name, ast.Attribute, ast.Load)


def managers(stmt: ast.With) -> list[ast.Call] | None:
    """The calls that make the contexts, if their arguments are those of contexts that raise nothing."""
    made = [item.context_expr for item in stmt.items if item.optional_vars is None]
    found = [m for m in made if isinstance(m, ast.Call) and not m.args and _is_quiet(m)]
    return found if len(found) == len(stmt.items) else None


def _is_quiet(manager: ast.Call) -> bool:
    return all(
        isinstance(k.value, ast.Constant) and k.value.value in _QUIET for k in manager.keywords
    )


def catches_warnings(stmt: ast.Try) -> bool:
    """Whether a handler is for warnings that were made errors, which compiled code does not raise."""
    types = [h.type for h in stmt.handlers if h.type is not None]
    return any(_tail(n).endswith("Warning") for t in types for n in ast.walk(t))


def makes_errors(node: ast.AST) -> bool:
    """Whether a call turns warnings into errors, whatever the module is called that it is of."""
    match node:
        case ast.Call(func, [ast.Constant("error"), *_]):
            pass
        case ast.Call(func, _, keywords) if any(
            k.arg == "action" and isinstance(k.value, ast.Constant) and k.value.value == "error"
            for k in keywords
        ):
            pass
        case _:
            return False
    return _tail(func) in ("simplefilter", "filterwarnings", "catch_warnings")


def _tail(node: ast.AST) -> str:
    match node:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def as_filter(stmt: ast.stmt) -> ast.expr | None:
    """What is called in `warnings.simplefilter("ignore")` and its kin, if it makes no warning an error."""
    match stmt:
        case ast.Expr(ast.Call(func, [ast.Constant(action), *rest], keywords)) if (
            action in _ACTIONS
        ):
            given = (*rest, *(k.value for k in keywords))
            plain = all(isinstance(n, _PLAIN) for e in given for n in ast.walk(e))
            return func if plain and _tail(func) in ("simplefilter", "filterwarnings") else None
        case _:
            return None
