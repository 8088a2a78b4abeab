"""`try` and `with`: what stands inside is compiled, and at an exception the kernel gives up.

The original then starts anew, and its handlers do what they do. So a handler needs no translation, and a
`finally` is run where control comes to it without an exception.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from loopwright.frontend.contexts import (
    FILTERS,
    MANAGERS,
    as_filter,
    catches_warnings,
    managers,
)
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Library

_Lower = Callable[[Scope, Sequence[ast.stmt]], None]


def protected(cx: Scope, stmt: ast.Try, lower: _Lower) -> None:
    """`lower` lowers a list of statements."""
    if catches_warnings(stmt):
        decline(stmt, "LW101", "a handler of warnings that are errors is not covered")
    if stmt.finalbody and any(map(_leaves, (*stmt.body, *stmt.orelse))):
        decline(stmt, "LW101", "a jump past a `finally` is not covered")
    for part in (stmt.body, stmt.orelse, stmt.finalbody):
        lower(cx, part)


def managed(cx: Scope, stmt: ast.With, lower: _Lower) -> None:
    """`with np.errstate(...)` and `with warnings.catch_warnings()`, with its filters."""
    made = managers(stmt)
    if made is None or not all(_is_one_of(cx, m.func, MANAGERS) for m in made):
        decline(stmt, "LW101", "a `with` is covered for contexts that silence warnings")
    filters = [s for s in stmt.body if (func := as_filter(s)) and _is_one_of(cx, func, FILTERS)]
    lower(cx, [s for s in stmt.body if s not in filters])


def _is_one_of(cx: Scope, func: ast.expr, names: frozenset[str]) -> bool:
    value = cx.eval(func)
    return isinstance(value, Library) and value.name in names


def _leaves(stmt: ast.stmt) -> bool:
    return any(isinstance(n, (ast.Return, ast.Break, ast.Continue)) for n in ast.walk(stmt))
