"""Forms that a loop or a branch hides: variables that count, and stores that both branches make.

Source: A. Aho, M. Lam, R. Sethi, J. Ullman, "Compilers", 2nd ed., 9.6.7 (induction variables).
"""

from __future__ import annotations

from dataclasses import replace

import islpy as isl

from loopwright.ir.nodes import (
    Assign,
    Binary,
    Const,
    Expr,
    For,
    If,
    Load,
    Pt,
    Stmt,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import is_scalar, machine_dtype
from loopwright.ir.walk import assigned, subexprs, targets, vars_of, walk_stmts
from loopwright.verify.prove.state import State

Counter = tuple[Sym, isl.PwAff, int]


def counters(loop: For, s: State) -> list[Counter]:
    """Variables that the loop changes in one place only, once in each iteration, by a constant: with
    their value before the loop."""
    found: list[Counter] = []
    for stmt in loop.body:
        match stmt:
            case Assign(sym, Binary(op, Var(read), Const(int() as by, _), _), _) if (
                read is sym and op in ("add", "sub") and not isinstance(by, bool)
            ):
                start = s.env.get(sym)
                once = sum(sym in targets(each) for each in walk_stmts((loop,))) == 1
                if once and isinstance(start, isl.PwAff):
                    found.append((sym, start, by if op == "add" else -by))
            case _:
                continue
    return found


def trips(lo: isl.PwAff, hi: isl.PwAff, step: int) -> isl.PwAff:
    """Iterations from `lo` to before `hi`; at least 0."""
    ctx = lo.get_ctx()
    length = hi.sub(lo) if step > 0 else lo.sub(hi)
    size = abs(step)
    padded = length.add_constant_val(isl.Val.int_from_si(ctx, size - 1))
    number = padded.scale_down_val(isl.Val.int_from_si(ctx, size)).floor()
    return number.max(isl.PwAff.read_from_str(ctx, "{ [(0)] }"))


def after(start: isl.PwAff, each: int, number: isl.PwAff) -> isl.PwAff:
    """What a counter is after a number of iterations."""
    return start.add(number.scale_val(isl.Val.int_from_si(start.get_ctx(), each)))


def joined(stmt: If) -> tuple[If, tuple[Stmt, ...]]:
    """An `if` whose branches end with a store to one and the same place, as one that chooses the value, and
    the store."""
    match stmt:
        case If(then=(*left, Store(x, index, v, span)), orelse=(*right, Store(y, other, w, _))):
            pass
        case _:
            return stmt, ()
    inner = (*left, *right)
    points = [item.at for item in index if isinstance(item, Pt)]
    if x is not y or index != other or len(points) != len(index):
        return stmt, ()
    if not (is_scalar(v.type) and is_scalar(w.type)) or not _untouched(points, inner, x):
        return stmt, ()
    if machine_dtype(v.type) != machine_dtype(w.type):
        return stmt, ()
    chosen = Sym("chosen", v.type)
    then = (*left, Assign(chosen, v, span))
    orelse = (*right, Assign(chosen, w, span))
    return replace(stmt, then=then, orelse=orelse), (Store(x, index, Var(chosen), span),)


def _untouched(points: list[Expr], inner: tuple[Stmt, ...], x: Sym) -> bool:
    """Whether the positions mean the same behind the statements, and mean no element of an array."""
    changed = assigned(inner)
    if x in changed or any(isinstance(e, Load) for p in points for e in subexprs(p)):
        return False
    return not any(changed & vars_of(e) for e in points)
