"""Names for the ends of ranges that are read from arrays: conditions on them can stand before loops then."""

from __future__ import annotations

from dataclasses import replace

from loopwright.ir.nodes import Assign, Expr, For, Func, Load, Stmt, Var
from loopwright.ir.walk import fresh, map_stmts, subexprs, symbols


def with_named_ends(func: Func) -> Func:
    """`p = starts[k]`, `q = starts[k + 1]`, `for i in range(p, q)` for a loop over that range.

    The numbers are read where they were, once, and in the same order.
    """
    taken = {s.name for s in symbols(func)}

    def named(end: Expr, name: str, out: list[Stmt], loop: For) -> Expr:
        if not any(isinstance(e, Load) for e in subexprs(end)):
            return end
        sym = fresh(name, end.type, taken)
        taken.add(sym.name)
        out.append(Assign(sym, end, loop.span))
        return Var(sym)

    def rewritten(stmt: Stmt) -> list[Stmt]:
        out: list[Stmt] = []
        if isinstance(stmt, For):
            lo = named(stmt.lo, f"{stmt.sym.name}_first", out, stmt)
            hi = named(stmt.hi, f"{stmt.sym.name}_end", out, stmt)
            stmt = replace(stmt, lo=lo, hi=hi)
        return [*out, stmt]

    return replace(func, body=map_stmts(func.body, rewritten))
