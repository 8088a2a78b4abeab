"""Which variables a loop hands on: to its next iteration, and to the code after it.

Source: backward data flow, A. Aho et al., "Compilers", 2nd ed., 9.2.5, on structured code.
"""

from __future__ import annotations

from dataclasses import dataclass

from loopwright.ir.nodes import (
    Append,
    Break,
    Continue,
    Draw,
    Fail,
    For,
    Func,
    If,
    Return,
    Stmt,
    Store,
    Sym,
    While,
)
from loopwright.ir.walk import Body, exprs_of, targets, vars_of

Live = frozenset[Sym]
_NONE: Live = frozenset()


@dataclass(frozen=True, slots=True)
class Flow:
    """Variables of a loop. `after`: read after it or in its else, before they are bound again. `carried`:
    read in an iteration before that iteration binds them."""

    after: Live
    carried: Live


def flow(func: Func, loop: For) -> Flow:
    """What `loop`, a statement of `func` (by identity), hands on. ValueError if it is not there."""
    finder = _Backward(loop)
    finder.block(func.body, _NONE, _NONE, _NONE)
    if finder.after is None:
        raise ValueError("the loop is not part of the function")
    return Flow(finder.after, carried(loop))


def carried(loop: For | While) -> Live:
    """Variables that an iteration of `loop` reads before it binds them."""
    start = _Backward(None).block(loop.body, _NONE, _NONE, _NONE)
    return start - {loop.sym} if isinstance(loop, For) else start | vars_of(loop.cond)


class _Backward:
    """Liveness from the end of a block to its start. `brk` and `cont` are live where the innermost
    loop is left or continued."""

    def __init__(self, target: For | None) -> None:
        self.target = target
        self.after: Live | None = None

    def block(self, body: Body, out: Live, brk: Live, cont: Live) -> Live:
        for stmt in reversed(body):
            out = self.stmt(stmt, out, brk, cont)
        return out

    def stmt(self, stmt: Stmt, out: Live, brk: Live, cont: Live) -> Live:
        if self.target is not None and stmt is self.target:
            left = out | self.block(self.target.orelse, out, brk, cont)
            self.after = left if self.after is None else self.after | left
        read = _reads(stmt)
        match stmt:
            case Break():
                return brk
            case Continue():
                return cont
            case Return() | Fail():
                return read
            case If(_, then, orelse, _):
                return read | self.block(then, out, brk, cont) | self.block(orelse, out, brk, cont)
            case For() | While():
                return self.loop(stmt, out, brk, cont)
            case _:
                return (out - frozenset(targets(stmt))) | read

    def loop(self, loop: For | While, out: Live, brk: Live, cont: Live) -> Live:
        leave = self.block(loop.orelse, out, brk, cont)
        repeated = _reads(loop) if isinstance(loop, While) else _NONE
        head = leave | repeated
        while True:
            start = self.block(loop.body, head, out, head)
            if isinstance(loop, For):
                start -= {loop.sym}
            new = head | start
            if new == head:
                return head | _reads(loop)
            head = new


def _reads(stmt: Stmt) -> Live:
    found: set[Sym] = set()
    for expr in exprs_of(stmt):
        found |= vars_of(expr)
    if isinstance(stmt, (Store, Append)):
        found.add(stmt.x)
    elif isinstance(stmt, Draw):
        found.add(stmt.rng)
    return frozenset(found)
