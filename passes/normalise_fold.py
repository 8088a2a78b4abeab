"""Constant folding: only rewrites of one node that keep every bit."""

from __future__ import annotations

import operator
from collections.abc import Callable

from loopwright.analysis.effects import expr_may_fail
from loopwright.ir.nodes import (
    Alloc,
    Binary,
    Cast,
    Compare,
    Const,
    Dim,
    Expr,
    Item,
    Logic,
    Select,
    Tup,
    Unary,
)
from loopwright.ir.types import BOOL, FLOAT, INT, is_scalar

_INT_OPS: dict[str, Callable[[int, int], int]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
}
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}
_LARGEST = 2**62  # folded constants stay machine integers


def _int_value(e: Expr) -> int | None:
    if isinstance(e, Const) and e.type == INT:
        assert isinstance(e.value, int)
        return e.value
    return None


def fold(e: Expr) -> Expr:
    """One node with folded operands, simplified if a rule fits."""
    match e:
        case Binary(_, _, _, t) if t == INT:
            return _fold_int(e)
        case Compare(op, Dim() as a, b, t) if t == BOOL and a == b:
            return Const(op in ("eq", "le", "ge"), BOOL)
        case Compare(op, a, b, t) if t == BOOL:
            x, y = _int_value(a), _int_value(b)
            return e if x is None or y is None else Const(_COMPARE[op](x, y), BOOL)
        case Unary("neg", x, t) if t == INT and (v := _int_value(x)) is not None:
            return Const(-v, INT)
        case Unary("not", Const(value, _), t) if t == BOOL:
            return Const(not value, BOOL)
        case Logic(op, Const(value, _), b, t) if b.type == t or bool(value) == (op == "or"):
            return b if bool(value) == (op == "and") else Const(bool(value), t)
        case Select(Const(value, _), a, b, t):
            chosen = a if value else b
            return chosen if chosen.type == t else e
        case Cast(x, t) if x.type == t and is_scalar(t):
            return x
        case Cast(Const(int() as value, x_type), t) if t == FLOAT and x_type == INT:
            return Const(float(value), FLOAT) if abs(value) <= 2**53 else e
        case Dim(Alloc(shape, _, _), axis, _):
            return shape[axis] if shape[axis].type == INT else e
        case Item(Tup(items, _), at, _) if not any(map(expr_may_fail, items)):
            return items[at]
        case _:
            return e


def _fold_int(e: Binary) -> Expr:
    x, y = _int_value(e.a), _int_value(e.b)
    if x is not None and y is not None and e.op in _INT_OPS:
        if e.op in ("floordiv", "mod") and y == 0:
            return e
        value = _INT_OPS[e.op](x, y)
        return Const(value, INT) if abs(value) < _LARGEST else e
    if (y == 0 and e.op in ("add", "sub")) or (y == 1 and e.op == "mul"):
        return e.a if e.a.type == INT else e
    if (x == 0 and e.op == "add") or (x == 1 and e.op == "mul"):
        return e.b if e.b.type == INT else e
    if y is not None and e.op in ("add", "sub") and isinstance(e.a, Binary) and e.a.type == INT:
        return _reassociate(e, e.a, y)
    return e


def _reassociate(e: Binary, inner: Binary, y: int) -> Expr:
    """(x + c) + d -> x + (c + d), with either sign of c and d."""
    c = _int_value(inner.b)
    if c is None or inner.op not in ("add", "sub") or inner.a.type != INT:
        return e
    total = (c if inner.op == "add" else -c) + (y if e.op == "add" else -y)
    if abs(total) >= _LARGEST:
        return e
    if total == 0:
        return inner.a
    return Binary("add" if total > 0 else "sub", inner.a, Const(abs(total), INT), INT)
