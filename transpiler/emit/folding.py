"""Arithmetic on constants of 64 bits that wraps.

CPython, and Cython too, computes such arithmetic before a compiler sees it, with numbers of any size: what
wraps is therefore written as the constant that comes of it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from loopwright.ir.nodes import Binary, Cast, Const, Expr, Unary
from loopwright.ir.types import machine_dtype

_UNARY: Mapping[str, Callable[[int], int]] = {
    "neg": operator.neg,
    "pos": operator.pos,
    "invert": operator.invert,
}
_BINARY: Mapping[str, Callable[[int, int], int]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "lshift": operator.lshift,
    "rshift": operator.rshift,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
}


def wrapped(e: Expr) -> int | None:
    """What int64 arithmetic on constants gives, if a step of it wraps."""
    if not isinstance(e, Binary | Unary) or machine_dtype(e.type) != "int64":
        return None
    found = _folded(e)
    return None if found is None or not found[1] else found[0]


def _folded(e: Expr) -> tuple[int, bool] | None:
    """The value of arithmetic on constants, and whether a step of it wraps."""
    if machine_dtype(e.type) != "int64":
        return None
    match e:
        case Const(int() as value, _):
            return value, False
        case Cast(x, _):
            return _folded(x)
        case Unary(op, x, _) if op in _UNARY:
            inner = _folded(x)
            return None if inner is None else _step(_UNARY[op](inner[0]), inner[1])
        case Binary(op, a, b, _) if op in _BINARY:
            left, right = _folded(a), _folded(b)
            if left is None or right is None:
                return None
            if op in ("lshift", "rshift") and not 0 <= right[0] < 64:
                return None
            if op in ("floordiv", "mod") and right[0] == 0:
                return None
            return _step(_BINARY[op](left[0], right[0]), left[1] or right[1])
        case _:
            return None


def _step(value: int, before: bool) -> tuple[int, bool]:
    within = (value + 2**63) % 2**64 - 2**63
    return within, before or within != value
