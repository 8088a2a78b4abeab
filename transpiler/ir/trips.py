"""The ends of a loop's range as numbers to compute with."""

from __future__ import annotations

from loopwright.ir.nodes import Call, Const, Dim, Expr, For, Sym, Var


def end_of_range(loop: For, lo: Sym) -> Expr:
    """The end of the range of a loop that begins at `lo`, or `lo` for an empty one: the distance from one to
    the other could be below all integers."""
    match loop.lo, loop.hi:
        case Const(int() as first, _), Dim() if first >= 0:
            return loop.hi
        case _:
            return Call("max2", (loop.hi, Var(lo)), loop.sym.type)
