"""Symbolic execution of one comparison."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

import z3

from loopwright.verify.symbols import (
    UNKNOWN,
    AnyRank,
    Items,
    Known,
    Letters,
    Object,
    Run,
    Tuple,
    Value,
)
from loopwright.verify.symlib import letters_of, negation, number_of, truth_of
from loopwright.verify.terms import Num

_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.In: lambda x, y: x in y, ast.NotIn: lambda x, y: x not in y,
}  # fmt: skip


def compared(run: Run, op: ast.cmpop, a: Value, b: Value) -> Value:
    match a, b:
        case Known(x), Known(y):
            try:
                outcome = _COMPARED[type(op)](x, y)
            except (TypeError, ValueError):  # no order among them; no such container
                return UNKNOWN
            return Known(outcome) if isinstance(outcome, bool) else UNKNOWN
        case ((Num() | Items() | AnyRank() | Letters() | Tuple() | Object()), Known(None)):
            match op:
                case ast.Is():
                    return Known(False)
                case ast.IsNot():
                    return Known(True)
        case Tuple(xs), Tuple(ys) if len(xs) == len(ys) and isinstance(op, ast.Eq | ast.NotEq):
            truths = [
                truth_of(run, compared(run, ast.Eq(), x, y)) for x, y in zip(xs, ys, strict=True)
            ]
            same = Num("bool", z3.And(*(t.term for t in truths)), all(t.exact for t in truths))
            return same if isinstance(op, ast.Eq) else negation(same)
        case _, (Known(tuple() | list() | frozenset() | set())) if isinstance(
            op, ast.In | ast.NotIn
        ):
            return _among(run, a, tuple(Known(v) for v in b.value), isinstance(op, ast.In))
        case _, Tuple(options) if isinstance(op, ast.In | ast.NotIn):
            return _among(run, a, options, isinstance(op, ast.In))
    if isinstance(a, Letters) or isinstance(b, Letters):
        return _text(op, a, b)
    x_number, y_number = number_of(run, a), number_of(run, b)
    if x_number is None or y_number is None:
        return UNKNOWN
    return run.theory.compared(type(op).__name__, x_number, y_number) or UNKNOWN


def _among(run: Run, value: Value, options: tuple[Value, ...], among: bool) -> Value:
    truths = [truth_of(run, compared(run, ast.Eq(), value, option)) for option in options]
    found = Num("bool", z3.Or(*(t.term for t in truths)), all(t.exact for t in truths))
    return found if among else negation(found)


def _text(op: ast.cmpop, a: Value, b: Value) -> Value:
    x, y = letters_of(a), letters_of(b)
    if x is None or y is None:
        return UNKNOWN
    match op:
        case ast.Eq():
            return Num("bool", x == y)
        case ast.NotEq():
            return Num("bool", x != y)
        case ast.In():
            return Num("bool", z3.Contains(y, x))
        case ast.NotIn():
            return Num("bool", z3.Not(z3.Contains(y, x)))
        case _:
            return UNKNOWN
