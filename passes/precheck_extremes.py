"""Positions that come out of an array are tested by the least and the greatest of them.

`k = at[i]; k1 = k + n if k < 0 else k; test 0 <= k1 < n` holds in all iterations if and only if the least
`at[i]` is at least `-n` and the greatest less than `n`: two operations for sixteen positions of 32 bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from loopwright.ir.nodes import (
    Assign,
    Binary,
    Cast,
    Check,
    Compare,
    Const,
    Dim,
    Expr,
    Fail,
    Load,
    Logic,
    Select,
    Stmt,
    Sym,
    Var,
)
from loopwright.ir.types import B1, I64, Num
from loopwright.ir.walk import Body, bodies

_SIGNED = ("int8", "int16", "int32", "int64")


@dataclass(frozen=True, slots=True)
class Extremes:
    """The element that a test is about, the length of the axis, and the variable with the position.
    `plain`: the variable that is the position, too, if it does not count from the end."""

    element: Load
    length: Expr
    place: Sym
    plain: Sym | None


def extremes_of(test: Check, earlier: Sequence[Stmt]) -> Extremes | None:
    """What the test demands, if it is of that form: right behind the statements `earlier`, the last of which
    make the position. So nothing has changed since the element was read."""
    match test.cond:
        case Logic(
            "and",
            Compare("ge", Var(place), Const(0, _), _),
            Compare("lt", Var(again), Dim(Var(), _, _) as length, _),
            _,
        ) if place is again:
            value = _made_last(place, earlier)
        case _:
            return None
    plain = None
    match value:
        case Select(
            Compare("lt", Var(k), Const(0, _), _), Binary("add", Var(j), end, _), Var(m), _
        ):
            if not (k is j is m and end == length):
                return None
            value, plain = _made_last(k, earlier[:-1]), k
    if isinstance(value, Cast) and value.type == I64:
        value = value.x
    if isinstance(value, Load) and isinstance(value.type, Num) and value.type.dtype in _SIGNED:
        return Extremes(value, length, place, plain)
    return None


def all_extremes(body: Body) -> bool:
    """Whether all tests in the block are of that form: they cost next to nothing."""
    for at, stmt in enumerate(body):
        if isinstance(stmt, Fail):
            return False
        if isinstance(stmt, Check) and extremes_of(stmt, body[:at]) is None:
            return False
        if not all(map(all_extremes, bodies(stmt))):
            return False
    return True


def _made_last(sym: Sym, earlier: Sequence[Stmt]) -> Expr | None:
    match earlier[-1:]:
        case (Assign(made, value),) if made is sym:
            return value
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Noted:
    """Statements before the loop and in place of the test, the test behind the loop, and whether no position
    counts from the end (None: none ever does)."""

    before: tuple[Stmt, ...]
    inside: tuple[Stmt, ...]
    test: Check
    forward: Expr | None


def noted(found: Extremes, test: Check, fresh: Callable[[str, Num], Sym]) -> Noted:
    """The test of `found` taken apart."""
    t, span = found.element.type, test.span
    assert isinstance(t, Num)
    least, most, now = fresh("least", t), fresh("most", t), fresh("now", t)
    before = (Assign(least, Const(0, t), span), Assign(most, Const(-1, t), span))
    inside = (
        Assign(now, found.element, span),
        Assign(least, _chosen("lt", now, least), span),
        Assign(most, _chosen("gt", now, most), span),
    )
    zero = Const(0, I64)
    end = zero if found.plain is None else Binary("sub", zero, found.length, I64)
    low = Compare("ge", _wide(least), end, B1)
    high = Compare("lt", _wide(most), found.length, B1)
    forward = None if found.plain is None else Compare("ge", _wide(least), zero, B1)
    return Noted(before, inside, Check(Logic("and", low, high, B1), test.reason, span), forward)


def _chosen(op: Literal["lt", "gt"], now: Sym, best: Sym) -> Expr:
    better = Compare(op, Var(now), Var(best), B1)
    return Select(better, Var(now), Var(best), now.type)


def _wide(sym: Sym) -> Expr:
    return Var(sym) if sym.type == I64 else Cast(Var(sym), I64)
