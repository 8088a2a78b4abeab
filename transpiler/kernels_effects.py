"""What a dispatch function must know about a kernel: which parameters it writes, whether it may give up
when it has begun to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loopwright.analysis.effects import summarise
from loopwright.analysis.late import gives_up_late
from loopwright.ir.nodes import (
    Assign,
    Expr,
    Func,
    Invoke,
    Program,
    Reduce,
    Return,
    Stmt,
    Sym,
)
from loopwright.ir.types import Array, kind_of
from loopwright.ir.walk import exprs_of, subexprs, vars_of, walk_stmts


@dataclass(frozen=True, slots=True)
class Effects:
    """`written` and `ordered` are parameter numbers; `fails_late`: the kernel may give up after it has
    changed something. The result depends on the memory order of the `ordered`, because NumPy sums
    floating-point arrays of several axes in the order in which they lie in memory; one axis, with whatever
    stride, it sums in the order of the positions."""

    written: frozenset[int]
    fails_late: bool
    draws: bool
    ordered: frozenset[int]


def effects_of(original: Program, emitted: Program) -> Effects:
    """Effects of the kernel `emitted`, made from `original` with the same parameters."""
    before, after = summarise(original)[original.main.name], summarise(emitted)[emitted.main.name]
    return Effects(
        written=before.writes | after.writes | {refill.param for refill in original.refills},
        fails_late=gives_up_late(emitted),
        draws=before.draws or after.draws,
        ordered=_ordered(original),
    )


def _ordered(program: Program) -> frozenset[int]:
    """The parameters on whose layout that of an array may depend which is summed in memory order."""
    functions = {func.name: func for func in (*program.helpers, program.main)}
    comes_from: dict[Sym, set[Sym]] = {}
    summed: set[Sym] = set()
    for func in functions.values():
        for stmt in walk_stmts(func.body):
            for sym, others in _layouts(stmt, functions):
                comes_from.setdefault(sym, set()).update(others)
            for expr in exprs_of(stmt):
                for part in subexprs(expr):
                    if _in_memory_order(part):
                        summed |= vars_of(part)
    todo = list(summed)
    while todo:
        new = comes_from.get(todo.pop(), set()) - summed
        summed |= new
        todo += new
    return frozenset(k for k, sym in enumerate(program.main.params) if sym in summed)


def _layouts(stmt: Stmt, functions: dict[str, Func]) -> Iterator[tuple[Sym, set[Sym]]]:
    """Variables, and those on which the layout of their values may depend. A length counts, too: it may
    stand for the array that a new one was made like."""
    match stmt:
        case Assign(sym, value):
            yield sym, vars_of(value)
        case Invoke(targets, name, args):
            func = functions[name]
            for param, arg in zip(func.params, args, strict=True):
                yield param, vars_of(arg)
            given = [e for s in walk_stmts(func.body) if isinstance(s, Return) for e in exprs_of(s)]
            for sym in targets:
                yield sym, set().union(*map(vars_of, given))


def _in_memory_order(e: Expr) -> bool:
    match e:
        case Reduce("sum" | "prod", x, _, _, _):
            t = x.type
            return isinstance(t, Array) and t.ndim > 1 and kind_of(t.dtype) in "fc"
        case _:
            return False
