"""Random draws: the conditions under which NumPy would raise, which compiled code must not pass."""

from __future__ import annotations

import math

from loopwright.ir.nodes import Binary, Compare, Const, Draw, Expr, Logic
from loopwright.ir.types import B1, F64, I64


def bounds_of_integers(stmt: Draw) -> tuple[Expr, Expr]:
    """`(low, high)` of `rng.integers`; one argument is the upper bound."""
    if len(stmt.args) == 1:
        return Const(0, I64), stmt.args[0]
    return stmt.args[0], stmt.args[1]


def guard(stmt: Draw) -> Expr | None:
    """A condition that must hold for the draw, or None if it surely does.

    It is stricter than NumPy's at scale 0, where a test of the sign of zero would be needed, and at a
    range of integers beyond int64.
    """
    match stmt.method:
        case "normal" if len(stmt.args) == 2:
            return _positive(stmt.args[1])
        case "exponential" if stmt.args:
            return _positive(stmt.args[0])
        case "uniform" if len(stmt.args) == 2:
            low, high = stmt.args
            span = _span(low, high)
            if span is not None and 0 <= span < math.inf:
                return None
            width = Binary("sub", high, low, F64)
            finite = Compare("lt", width, Const(math.inf, F64), B1)
            return Logic("and", Compare("le", low, high, B1), finite, B1)
        case "integers":
            low, high = bounds_of_integers(stmt)
            span = _span(low, high)
            if span is not None and 0 < span < 2**63:
                return None
            width = Binary("sub", high, low, I64)
            fits = Compare("gt", width, Const(0, I64), B1)
            return Logic("and", Compare("lt", low, high, B1), fits, B1)
        case _:
            return None


def _positive(scale: Expr) -> Expr | None:
    known = _known(scale)
    if known is not None and known > 0:
        return None
    return Compare("gt", scale, Const(0.0, F64), B1)


def _span(low: Expr, high: Expr) -> float | None:
    a, b = _known(low), _known(high)
    return None if a is None or b is None else b - a


def _known(e: Expr) -> float | None:
    return e.value if isinstance(e, Const) and isinstance(e.value, (int, float)) else None
