"""Blocks that end in `raise` whatever happens before: compiled code gives up where they begin."""

from __future__ import annotations

import ast
from collections.abc import Sequence

_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Pass, ast.Assert)
_SUSPENDS = (ast.Yield, ast.YieldFrom, ast.Await)


def always_raises(statements: Sequence[ast.stmt]) -> bool:
    """True if control cannot leave the block but by an exception.

    What the block does before the exception need not be compiled: the kernel gives up with nothing
    changed, and the original does it. A statement that suspends the function or may leave the block in
    another way makes the answer False.
    """
    if not statements:
        return False
    *before, last = statements
    if any(isinstance(n, _SUSPENDS) for s in statements for n in ast.walk(s)):
        return False
    if not all(isinstance(s, _SIMPLE) for s in before):
        return False
    match last:
        case ast.Raise():
            return True
        case ast.If(_, body, orelse):
            return always_raises(body) and always_raises(orelse)
        case _:
            return False
