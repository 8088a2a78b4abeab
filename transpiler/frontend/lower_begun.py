"""Numbers that arrays take the place of: `total = 0` before a loop with `total = total + row`.

A statement that reads such a variable is lowered for both of its values, and so is the test of an `if`.
Where one is read otherwise (in the condition of a loop, or to be returned), it must be the array.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from loopwright.frontend.lower_live import reads
from loopwright.frontend.lower_scope import Scope
from loopwright.frontend.lower_values import Begun, Entry, Env
from loopwright.ir.nodes import Expr

_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign)
_MOST = 3
"""Variables of one statement: it is lowered for each of their combinations."""

Meet = Callable[[Expr, Callable[[], None], Callable[[], None]], None]


def begun_in(cx: Scope, stmt: ast.stmt) -> str | None:
    """A variable of the statement that may be a number still, if the statement is one to be split."""
    if not isinstance(stmt, _SIMPLE) or cx.env is None:
        return None
    names = reads(stmt)
    if isinstance(stmt, ast.AugAssign) and isinstance(stmt.target, ast.Name):
        names |= {stmt.target.id}
    found = [name for name in sorted(names) if isinstance(_held(cx.env, name), Begun)]
    return found[0] if 0 < len(found) <= _MOST else None


def reads_begun(cx: Scope, node: ast.expr) -> bool:
    """Whether the expression reads a variable that may be a number still."""
    if cx.env is None:
        return False
    env = cx.env
    return any(isinstance(_held(env, name), Begun) for name in reads(node))


def _held(env: Env, name: str) -> object:
    return env[name].value if name in env else None


def for_both(cx: Scope, name: str, lower: Callable[[], None], meet: Meet) -> None:
    """Lower with the array for the variable, and with the number."""
    begun = cx.live[name].value
    assert isinstance(begun, Begun)
    flag = cx.live[name].flag

    def with_array() -> None:
        cx.live[name] = Entry(begun.array, flag)
        lower()

    def with_start() -> None:
        cx.live[name] = Entry(begun.start, flag)
        lower()

    meet(begun.there, with_array, with_start)
