"""Exchanges two nested loops where the inner one then runs along the rows of its arrays.

`for i: for j: a[j, i] = a[j - 1, i] + b[j, i]` touches another row in each step, and each step waits for
the one before. The other way round it runs along the rows, and all steps of a row are independent. What
else stands in the outer loop gets a loop of its own first (loop distribution), and a condition around the
inner loop goes into it.

Legality. Exchanged: no iteration of the two loops depends on another that has a smaller number in the outer
loop and a greater one in the inner (`analysis.depend`, exact for affine positions); the bounds are the same
for all iterations, or one bound of the inner loop follows the outer loop's variable; no variable goes from
one iteration to another or out of the loops. Distributed: nothing before the cut depends on what an earlier
iteration does behind it, and no variable is used on both sides. Neither holds a test or a way out. Every
element is computed by the same operations from the same values.

Profitability: the fewer accesses step from row to row in the inner loop, the better.

Source: J. R. Allen and K. Kennedy, "Automatic loop interchange", SIGPLAN Symposium on Compiler Construction
1984; M. Wolfe, "Optimizing Supercompilers for Supercomputers", 1989, for triangles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from loopwright.ir.nodes import For, Func, Program, Stmt
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged
from loopwright.passes.interchange_legal import (
    exchanged,
    pays,
    split,
    taken_apart,
    with_the_condition_inside,
)


@dataclass(frozen=True, slots=True)
class Interchange:
    """No options."""

    name: ClassVar[str] = "interchange"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def sums(a: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", n: int, m: int) -> None:
    for i in range(m):
        for j in range(1, n):
            a[j, i] = a[j - 1, i] + a[j, i]
""",
            """\
def sums(m: int, n: int, a: float64[:, :]) -> None:
    if 0 < m:
        for j in range(1, n):
            for i in range(m):
                a[j, i] = a[j - 1, i] + a[j, i]
    return
""",
        ),
        Example(
            """\
def unit(a: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", n: int) -> None:
    for i in range(n):
        for j in range(n):
            a[j, i] = 0.0
        a[i, i] = 1.0
""",
            """\
def unit(n: int, a: float64[:, :]) -> None:
    if 0 < n:
        for j in range(n):
            for i in range(n):
                a[j, i] = 0.0
    for i in range(n):
        a[i, i] = 1.0
    return
""",
        ),
    )

    def run(self, program: Program) -> Outcome:
        found: list[str] = []
        functions = []
        for func in (*program.helpers, program.main):
            changer = _Changer(func)
            functions.append(changer.run())
            found += changer.found
        if not found:
            return Unchanged()
        result = replace(program, main=functions[-1], helpers=tuple(functions[:-1]))
        return Applied(result, tuple(f"the loop over `{name}` runs inside" for name in found))

    def space(self, program: Program) -> Iterator[Interchange]:
        yield self


class _Changer:
    """`func` is the function as it is so far, which the analyses look at."""

    def __init__(self, func: Func) -> None:
        self.func = func
        self.found: list[str] = []

    def run(self) -> Func:
        for stmt in self.func.body:
            if isinstance(stmt, For):
                self.loop(stmt)
        return self.func

    def loop(self, loop: For) -> None:
        """Change a loop of the function's own block, if that pays."""
        if loop.orelse or loop.parallel:
            return
        before = self.func
        apart = taken_apart(self.func, loop)
        if apart is not loop:
            self.put(loop, (apart,))
            loop = apart
        parts = split(self.func, loop)
        self.put(loop, parts)
        done = [self.exchange(part) for part in parts]
        if not any(done):
            self.func = before

    def exchange(self, loop: For) -> bool:
        low = self.func.level == "low"
        sunk = with_the_condition_inside(self.func, loop) if low else loop
        if sunk is not loop:
            self.put(loop, (sunk,))
        match sunk.body:
            case (For() as inner,) if pays(sunk, inner):
                new = exchanged(self.func, sunk, inner)
            case _:
                new = None
        if new is None:
            if sunk is not loop:
                self.put(sunk, (loop,))
            return False
        self.put(sunk, (new,))
        self.found.append(loop.sym.name)
        return True

    def put(self, old: Stmt, new: tuple[Stmt, ...]) -> None:
        body = tuple(n for s in self.func.body for n in (new if s is old else (s,)))
        self.func = replace(self.func, body=body)
