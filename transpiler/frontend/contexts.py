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


def as_filter(stmt: ast.stmt) -> ast.expr | None:
    """What is called in `warnings.simplefilter("ignore")` and its kin, if it makes no warning an error."""
    match stmt:
        case ast.Expr(ast.Call(func, [ast.Constant(action), *rest], keywords)) if (
            action in _ACTIONS
        ):
            given = (*rest, *(k.value for k in keywords))
            plain = all(isinstance(n, _PLAIN) for e in given for n in ast.walk(e))
            ends = ast.unparse(func).rpartition(".")[2] in ("simplefilter", "filterwarnings")
            return func if plain and ends else None
        case _:
            return None
