"""The builtins `sum`, `min`, `max`, `any` and `all` of a list, left to right."""

from __future__ import annotations

import sys

from loopwright.ir.nodes import (
    Assign,
    Binary,
    Break,
    Call,
    Cast,
    Compare,
    Const,
    Dim,
    Expr,
    Load,
    Logic,
    Pt,
    ReduceOp,
    Slc,
    Var,
)
from loopwright.ir.types import B1, BOOL, FLOAT, INT, ListOf, Py, Scalar, kind_of
from loopwright.passes.scalarise_ints import ONE, ZERO, compare, negated
from loopwright.passes.scalarise_scope import Scope

COMPENSATED = sys.version_info >= (3, 12)
"""From Python 3.12 on, `sum` of floats carries the rounding errors along."""


def list_reduced(scope: Scope, op: ReduceOp, x: Expr, type_: Scalar) -> Expr:
    """The builtin on the list `x`, in a variable. Fails where the list is empty and the result then
    is an error or of another type."""
    if not isinstance(x.type, ListOf):
        raise TypeError(f"{x.type} is no list")
    elem = x.type.elem
    source, n = _items(scope, x)
    if op in ("any", "all"):
        return _search(scope, op == "any", source, n)
    if op == "sum" and type_ == FLOAT:
        scope.check(compare("gt", n, ZERO), "the sum of nothing is an int")
        return _float_sum(scope, source, n)
    if op == "sum":
        if type_ != INT:
            scope.check(compare("gt", n, ZERO), "the sum of nothing is an int")
        total = scope.temp("total", _nothing(type_)).sym
        with scope.loop(n, "i") as i:
            more = Binary("add", Var(total), Load(source, (Pt(i),), elem), type_)
            scope.emit(Assign(total, more, scope.span))
        return Var(total)
    scope.check(compare("gt", n, ZERO), f"{op} of an empty list")
    best = scope.temp("best", Load(source, (Pt(ZERO),), elem)).sym
    with scope.loop(n, "i", lo=ONE) as i:
        value = scope.temp("value", Load(source, (Pt(i),), elem))
        truth = BOOL if isinstance(elem, Py) else B1
        with scope.when(Compare("gt" if op == "max" else "lt", value, Var(best), truth)):
            scope.emit(Assign(best, value, scope.span))
    return Var(best)


def _nothing(type_: Scalar) -> Const:
    """The number 0 in a type."""
    kind = type_.kind[0] if isinstance(type_, Py) else kind_of(type_.dtype)
    return Const({"f": 0.0, "c": 0j, "b": False}.get(kind, 0), type_)


def _items(scope: Scope, x: Expr) -> tuple[Var, Expr]:
    """A variable with the items of a list in front, and how many count."""
    match x:
        case Var():
            return x, Dim(x, 0, INT)
        case Load(Var() as base, (Slc(None, hi, None),), _):
            if hi is not None and scope.nonnegative(hi):
                return base, scope.temp("n", Call("min2", (hi, Dim(base, 0, INT)), INT))
        case _:
            pass
    source = scope.temp("items", x)
    return source, Dim(source, 0, INT)


def _search(scope: Scope, wanted: bool, source: Var, n: Expr) -> Expr:
    assert isinstance(source.type, ListOf)
    elem = source.type.elem
    found = scope.temp("found", Const(not wanted, BOOL)).sym
    with scope.loop(n, "i") as i:
        test: Expr = Cast(Load(source, (Pt(i),), elem), BOOL)
        with scope.when(test if wanted else negated(test)):
            scope.emit(Assign(found, Const(wanted, BOOL), scope.span))
            scope.emit(Break(scope.span))
    return Var(found)


def _float_sum(scope: Scope, source: Var, n: Expr) -> Expr:
    """From 0.0; with Neumaier's correction where this Python has it (`cs_add` of bltinmodule.c)."""
    total = scope.temp("total", Const(0.0, FLOAT)).sym
    if not COMPENSATED:
        with scope.loop(n, "i") as i:
            value: Expr = Binary("add", Var(total), Load(source, (Pt(i),), FLOAT), FLOAT)
            scope.emit(Assign(total, value, scope.span))
        return Var(total)
    lost = scope.temp("lost", Const(0.0, FLOAT)).sym
    with scope.loop(n, "i") as i:
        value = scope.temp("value", Load(source, (Pt(i),), FLOAT))
        new = scope.temp("new", Binary("add", Var(total), value, FLOAT))
        big = Compare("ge", _size(Var(total)), _size(value), BOOL)
        with scope.when(big) as orelse:
            scope.emit(Assign(lost, _with_error(Var(lost), Var(total), new, value), scope.span))
            other = _with_error(Var(lost), value, new, Var(total))
            orelse.append(Assign(lost, other, scope.span))
        scope.emit(Assign(total, new, scope.span))
    nonzero = Compare("ne", Var(lost), Const(0.0, FLOAT), BOOL)
    finite = Call("math.isfinite", (Var(lost),), BOOL)
    with scope.when(Logic("and", nonzero, finite, BOOL)):
        scope.emit(Assign(total, Binary("add", Var(total), Var(lost), FLOAT), scope.span))
    return Var(total)


def _size(x: Expr) -> Expr:
    return Call("math.fabs", (x,), FLOAT)


def _with_error(lost: Expr, large: Expr, new: Expr, small: Expr) -> Expr:
    """`lost + ((large - new) + small)`."""
    error = Binary("add", Binary("sub", large, new, FLOAT), small, FLOAT)
    return Binary("add", lost, error, FLOAT)
