"""What a variable adds up, and int64 arithmetic that wraps.

Compilers take for granted that signed numbers do not overflow: Numba says so of every sum, difference and
product of int64, and LLVM then takes `x + 1 > x` for true. NumPy's int64 wraps, so what may wrap is computed
without a sign, as `int64(uint64(x) + uint64(y))`, which has the same bits.
"""

from __future__ import annotations

from collections.abc import Collection

from loopwright.ir.nodes import Binary, BinaryOp, Cast, Const, Expr, Sym, Var
from loopwright.ir.types import I64, Num
from loopwright.ir.walk import vars_of

U64 = Num("uint64")
SUMS: Collection[BinaryOp] = ("add", "sub")
_COMMUTE: Collection[BinaryOp] = ("add", "mul", "and", "or", "xor")


def wrapping(op: BinaryOp, x: Expr, y: Expr) -> Expr:
    """Sum, difference or product of int64 modulo 2**64."""
    return Cast(Binary(op, unsigned(x), unsigned(y), U64), I64)


def unsigned(x: Expr) -> Expr:
    """The uint64 of the same bits as an int64."""
    match x:
        case Cast(inner, _) if inner.type == U64:
            return inner
        case Const(int() as value, _):
            return Const(value % 2**64, U64)
        case _:
            return Cast(x, U64)


def signed(x: Expr) -> Expr:
    """The int64 of the same bits as a uint64."""
    match x:
        case Cast(inner, _) if inner.type == I64:
            return inner
        case Const(int() as value, _):
            return Const((value + 2**63) % 2**64 - 2**63, I64)
        case _:
            return Cast(x, I64)


def unwrapped(e: Expr) -> Expr:
    """An operation that `wrapping` made, as one of int64; any other expression as it is."""
    match e:
        case Cast(Binary(("add" | "sub" | "mul") as op, a, b, t), u) if t == U64 and u == I64:
            return Binary(op, signed(a), signed(b), I64)
        case _:
            return e


def accumulated(
    value: Expr, sym: Sym, ops: Collection[BinaryOp] = SUMS
) -> tuple[BinaryOp, Expr] | None:
    """`(op, e)` where `value` is `sym op e`, or `e op sym` of an operation that commutes, with `op` one of
    `ops` and `e` free of `sym`. The operation may be one that wraps."""
    match unwrapped(value):
        case Binary(op, a, b, _):
            found = _parts(op, a, b, sym)
        case _:
            return None
    if found is None or found[0] not in ops or sym in vars_of(found[1]):
        return None
    return found


def _parts(op: BinaryOp, a: Expr, b: Expr, sym: Sym) -> tuple[BinaryOp, Expr] | None:
    match a, b:
        case Var(s), e if s is sym and (op == "sub" or op in _COMMUTE):
            return op, e
        case e, Var(s) if s is sym and op in _COMMUTE:
            return op, e
        case _:
            return None


def wraps(value: Expr) -> bool:
    """Whether an int64 is computed without a sign."""
    return isinstance(value, Cast) and value.type == I64 and value.x.type == U64
