"""What a dispatch function must know about a kernel: which parameters it writes, whether it may give up."""

from __future__ import annotations

from dataclasses import dataclass

from loopwright.analysis.effects import summarise
from loopwright.ir.nodes import Alloc, Call, Contract, Expr, Program, Reduce
from loopwright.ir.types import Array, kind_of
from loopwright.ir.walk import exprs_of, subexprs, walk_stmts


@dataclass(frozen=True, slots=True)
class Effects:
    """`written` are parameter numbers. `ordered`: the result depends on the memory order of arguments,
    because NumPy sums floating-point arrays in the order in which they lie in memory."""

    written: frozenset[int]
    may_fail: bool
    draws: bool
    ordered: bool


def effects_of(original: Program, emitted: Program) -> Effects:
    """Effects of the kernel `emitted`, made from `original` with the same parameters.

    Whatever allocates may run out of memory half-way, which counts as giving up; in high IR any
    expression may raise.
    """
    before, after = summarise(original)[original.main.name], summarise(emitted)[emitted.main.name]
    emitted_exprs = _exprs(emitted)
    may_fail = (
        after.fails
        or emitted.main.level == "high"
        or any(isinstance(e, (Alloc, Contract)) or _is_array_call(e) for e in emitted_exprs)
    )
    return Effects(
        written=before.writes | after.writes | {refill.param for refill in original.refills},
        may_fail=may_fail,
        draws=before.draws or after.draws,
        ordered=any(_in_memory_order(e) for e in _exprs(original)),
    )


def _exprs(program: Program) -> list[Expr]:
    return [
        part
        for func in (*program.helpers, program.main)
        for stmt in walk_stmts(func.body)
        for expr in exprs_of(stmt)
        for part in subexprs(expr)
    ]


def _is_array_call(e: Expr) -> bool:
    return isinstance(e, Call) and any(isinstance(p.type, Array) for p in (e, *e.args))


def _in_memory_order(e: Expr) -> bool:
    match e:
        case Reduce("sum" | "prod", x, _, _, _):
            return isinstance(x.type, Array) and kind_of(x.type.dtype) in "fc"
        case _:
            return False
