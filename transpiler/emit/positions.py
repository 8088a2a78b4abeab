"""Tests of positions in arrays, in the form that costs least where positions are seldom negative.

`0 <= k < n` is one comparison of unsigned numbers, as no length is negative. A position that Python would
count from the end is looked at again only if it fails that test.
"""

from __future__ import annotations

from dataclasses import dataclass

from loopwright.ir.nodes import (
    Assign,
    Binary,
    Cast,
    Check,
    Compare,
    Const,
    Dim,
    Expr,
    Logic,
    Select,
    Stmt,
    Sym,
    Var,
)
from loopwright.ir.types import B1, I64, Num

_UNSIGNED = Num("uint64")


@dataclass(frozen=True, slots=True)
class Position:
    """`low` as a position in an axis of length `n`, held in `sym`; `check` fails if it is none."""

    sym: Sym
    low: Var
    n: Dim
    first: Assign
    check: Check

    @property
    def outside(self) -> Expr:
        return outside(Var(self.sym), self.n)

    @property
    def plain(self) -> Assign:
        return Assign(self.sym, self.low, self.first.span)

    @property
    def from_the_end(self) -> Assign:
        return Assign(self.sym, Binary("add", self.low, self.n, I64), self.first.span)


def position(stmt: Stmt, after: Stmt | None) -> Position | None:
    """`k = low + n if low < 0 else low` and the test of `k` behind it, if that is what they are."""
    match stmt, after:
        case (
            Assign(
                sym,
                Select(
                    Compare("lt", Var() as low, Const(0)),
                    Binary("add", Var(again), Dim() as n, _),
                    Var(same),
                ),
            ),
            Check(cond),
        ) if low.sym is again is same and low.type == I64 and sym is not low.sym:
            if _tested(cond) == (Var(sym), n) or cond == Compare("lt", Var(sym), n, B1):
                return Position(sym, low, n, stmt, after)
    return None


def failing(cond: Expr) -> Expr | None:
    """The condition under which a test of a position fails; None if `cond` is no such test."""
    found = _tested(cond)
    return None if found is None else outside(*found)


def outside(at: Expr, n: Dim) -> Expr:
    """Whether `at` is no position in an axis of length `n`."""
    return Compare("ge", Cast(at, _UNSIGNED), Cast(n, _UNSIGNED), B1)


def _tested(cond: Expr) -> tuple[Var, Dim] | None:
    match cond:
        case Logic(
            "and", Compare("ge", Var() as at, Const(0)), Compare("lt", Var(same), Dim() as n), _
        ) if at.sym is same and at.type == I64:
            return at, n
        case _:
            return None
