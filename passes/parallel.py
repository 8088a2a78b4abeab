"""Marks loops whose iterations are independent, so that a backend may share them among threads.

Legality, for each loop from the outside in, until one is found on each path:
- no dependence is carried by the loop (`analysis.depend`, exact for affine indices; what is not
  understood counts as a dependence);
- variables that the body binds are bound in each iteration before they are read, and are not read after
  the loop. Exception: sums of integers, which are exact in any order; a backend must add them up;
- no iteration can end the loop or the kernel, draw random numbers, or call a function of the program.

Run after `legalise`, where whatever may fail is an explicit `Check`: a loop with a check inside stays
serial. On high IR the mark is a wish, which `legalise` takes back where a check is left in the body.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from loopwright.analysis.depend import Independent, loop_independent
from loopwright.diagnostics import Declined
from loopwright.ir.check import leaves
from loopwright.ir.nodes import Check, Const, Draw, Fail, For, Func, Invoke, Program, Return, Stmt
from loopwright.ir.walk import Body, bodies, exprs_of, map_bodies, subexprs, walk_stmts
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged

_INNER_TRIPS = 100
_TRIPS = 1000
_ORDERED = (Check, Fail, Return, Draw, Invoke)


@dataclass(frozen=True, slots=True)
class Parallel:
    """`min_work`: operations below which a loop is not worth threads, counting a loop of unknown length
    as 1000 iterations, inner ones as 100."""

    min_work: int = 20_000

    name: ClassVar[str] = "parallel"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def relax(x: Annotated[NDArray[np.float64], "n m"], y: Annotated[NDArray[np.float64], "n m"]) -> None:
    for i in range(1, len(x)):
        for j in range(len(x[i])):
            y[i, j] = x[i - 1, j] + x[i, j]
""",
            """\
def relax(x: float64[:, :], y: float64[:, :]) -> None:
    for i in range(1, x.shape[0]):  # parallel
        for j in range(x[i].shape[0]):
            y[i, j] = x[i - 1, j] + x[i, j]
    return
""",
        ),
        Refusal(
            """\
def decay(x: Annotated[NDArray[np.float64], "n m"]) -> None:
    for i in range(1, x.shape[0]):
        for j in range(1, x.shape[1]):
            x[i, j] = x[i - 1, j - 1] + x[i, j - 1] * 0.5
""",
            "LW203",
        ),
        Refusal(
            """\
def clear(x: Annotated[NDArray[np.float64], "n"]) -> None:
    for i in range(len(x)):
        x[i] = 0.0
""",
            "LW208",
        ),
    )

    def run(self, program: Program) -> Outcome:
        marker = _Marker(program.main, self.min_work)
        body = marker.block(program.main.body)
        if not marker.marked:
            return Unchanged(tuple(marker.refused))
        notes = tuple(f"iterations of `{name}` run in parallel" for name in marker.marked)
        return Applied(replace(program, main=replace(program.main, body=body)), notes)

    def space(self, program: Program) -> Iterator[Parallel]:
        yield self


class _Marker:
    def __init__(self, func: Func, min_work: int) -> None:
        self.func, self.min_work = func, min_work
        self.marked: list[str] = []
        self.refused: list[Declined] = []

    def block(self, body: Body) -> Body:
        return tuple(self.stmt(s) for s in body)

    def stmt(self, stmt: Stmt) -> Stmt:
        if not isinstance(stmt, For):
            return map_bodies(stmt, self.block)
        if stmt.parallel:
            return stmt
        why = self.refusal(stmt)
        if why is None:
            self.marked.append(stmt.sym.name)
            return replace(stmt, parallel=True)
        count = len(self.marked)
        inner = map_bodies(stmt, self.block)
        if count == len(self.marked):
            self.refused.append(why)
        return inner

    def refusal(self, loop: For) -> Declined | None:
        """Why the loop stays serial; None if it need not."""
        stop = next((s for s in walk_stmts(loop.body) if isinstance(s, _ORDERED)), None)
        if stop is not None:
            return Declined(
                stop.span, "LW207", f"{_doing(stop)} in the loop over `{loop.sym.name}`"
            )
        if leaves(loop.body) or loop.orelse:
            return Declined(loop.span, "LW207", f"the loop over `{loop.sym.name}` may end early")
        if not isinstance(loop.step, Const) or loop.step.value != 1:
            return Declined(loop.span, "LW207", f"the loop over `{loop.sym.name}` has a step")
        if _trips(loop, _TRIPS) * _work(loop.body) < self.min_work:
            return Declined(loop.span, "LW208", f"the loop over `{loop.sym.name}` does little")
        found = loop_independent(self.func, loop)
        return None if isinstance(found, Independent) else found


def _doing(stmt: Stmt) -> str:
    match stmt:
        case Check() | Fail():
            return "a check"
        case Return():
            return "a return"
        case Draw():
            return "a random draw"
        case _:
            return "a call"


def _trips(loop: For, unknown: int) -> int:
    match loop:
        case For(lo=Const(int() as lo, _), hi=Const(int() as hi, _), step=Const(int() as step, _)):
            return len(range(lo, hi, step)) if step else 0
        case _:
            return unknown


def _work(body: Body) -> int:
    """Operations of one run of a block."""
    total = 0
    for stmt in body:
        inner = sum(_work(block) for block in bodies(stmt))
        if isinstance(stmt, For):
            inner *= _trips(stmt, _INNER_TRIPS)
        total += 1 + inner + sum(1 for e in exprs_of(stmt) for _ in subexprs(e))
    return total
