"""Whether a kernel may give up after it has changed an argument.

A test that stands before the first store finds everything as it was; only one that may follow a store
asks for a copy to put back. What allocates may run out of memory, which counts as giving up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loopwright.analysis.effects import Storages, Summary, may_fail, passed, storages, summarise
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Call,
    Contract,
    Draw,
    Expr,
    For,
    Func,
    If,
    Invoke,
    Program,
    Stmt,
    Store,
    Sym,
    While,
)
from loopwright.ir.types import Array
from loopwright.ir.walk import calls_itself, exprs_of, subexprs, walk_stmts


def gives_up_late(program: Program) -> bool:
    """True if the main function may give up, or run out of memory, after it stored into a parameter or
    drew a random number. In high-level IR every expression may fail."""
    if program.main.level == "high":
        return True
    summaries = summarise(program)
    allocating: set[str] = set()
    late: set[str] = set()
    for func in (*program.helpers, program.main):
        walker = _Walker(func, summaries, storages(func, summaries), allocating, late)
        if any(map(walker.fails, walk_stmts(func.body))):
            allocating.add(func.name)
        if walker.run():
            late.add(func.name)
    return program.main.name in late


@dataclass(eq=False)
class _Walker:
    """`may_raise` and `late` are the functions so far that may give up at all, or after an effect."""

    func: Func
    summaries: Mapping[str, Summary]
    memory: Storages
    may_raise: set[str]
    late: set[str]
    found: bool = False

    def run(self) -> bool:
        if calls_itself(self.func):
            return any(map(self.fails, walk_stmts(self.func.body)))
        self.block(self.func.body, False)
        return self.found

    def fails(self, stmt: Stmt) -> bool:
        """Whether the statement itself may give up or run out of memory."""
        if isinstance(stmt, Invoke) and (
            stmt.func in self.may_raise or stmt.func == self.func.name
        ):
            return True
        if isinstance(stmt, Draw) and stmt.args:  # such as NumPy would refuse
            return True
        return may_fail(stmt, "low", self.summaries) or any(
            _allocates(part) for e in exprs_of(stmt) for part in subexprs(e)
        )

    def block(self, body: tuple[Stmt, ...], changed: bool) -> bool:
        """`changed`: an effect may have happened before. The same after the block."""
        for stmt in body:
            changed = self.stmt(stmt, changed)
        return changed

    def stmt(self, stmt: Stmt, changed: bool) -> bool:
        if changed and self.fails(stmt):
            self.found = True
        match stmt:
            case Store(x) | Append(x):
                return changed or self.of_a_parameter(x)
            case Draw():
                return True
            case Invoke():
                self.found = self.found or stmt.func in self.late
                return changed or self.changes(stmt)
            case If(_, then, orelse):
                return self.block(then, changed) | self.block(orelse, changed)
            case For() | While():
                after = self.block(stmt.body, changed)
                if after and not changed:  # the next iteration comes behind this one
                    self.block(stmt.body, after)
                    if self.fails(stmt):
                        self.found = True
                return self.block(stmt.orelse, after)
            case _:
                return changed

    def of_a_parameter(self, x: Sym) -> bool:
        found = self.memory.of(x)
        return not found or any(s.param is not None for s in found)

    def changes(self, stmt: Invoke) -> bool:
        summary = self.summaries.get(stmt.func)
        if summary is None or summary.draws:
            return True
        given = passed(stmt, self.summaries, "writes")
        return any(s.param is not None for arg in given for s in self.memory.of(arg))


def _allocates(e: Expr) -> bool:
    if isinstance(e, (Alloc, Contract)):
        return True
    return isinstance(e, Call) and any(isinstance(p.type, Array) for p in (e, *e.args))
