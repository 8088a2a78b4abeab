"""Turn loops into array code, for the NumPy backend.

From the inside out, the iterations of a loop become the first axis of its values: `for i in range(n):
y[i] = a * x[i]` is `y[:n] = a * x[:n]`. Branches become masks, accumulations become reductions, sums of
products become contractions. A loop inside that stays may still carry array code of a loop around it.

Legality: the loop may be distributed over its statements (`vectorise_legal`); slices stay within their
arrays, by proof or by a check before them (`vectorise_place`); Python's errors are excluded by checks
(`vectorise_numbers`). Whatever is not understood leaves the loop as it is.

Profitability: a temporary array never has more axes than the arrays that the loop works on have, plus
`spread`: the array form of three nested loops over two matrices would need a cube of memory.

Source: J. R. Allen and K. Kennedy, "Automatic translation of FORTRAN programs to vector form", TOPLAS 1987.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

from loopwright.analysis.effects import Summaries, summarise
from loopwright.diagnostics import CannotLower, Declined
from loopwright.ir.nodes import (
    Append,
    Check,
    Dim,
    Expr,
    For,
    Func,
    Invoke,
    Load,
    Program,
    Stmt,
    Sym,
    Var,
)
from loopwright.ir.types import is_scalar
from loopwright.ir.walk import (
    Body,
    assigned,
    bodies,
    children,
    map_bodies,
    vars_of,
    walk_stmts,
)
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged
from loopwright.passes.normalise import normalise
from loopwright.passes.vectorise_loop import Attempt


@dataclass(frozen=True, slots=True)
class Vectorise:
    """`reorder`: sums of floats may be added in NumPy's order; if not, the results keep every bit that
    NumPy's element-wise functions keep. `spread`: how many axes more than the arrays at hand a temporary
    may have."""

    reorder: bool = True
    spread: int = 0

    name: ClassVar[str] = "vectorise"
    bitwise: ClassVar[bool] = False
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def relu(x: Annotated[NDArray[np.float64], "n"], y: Annotated[NDArray[np.float64], "n"]) -> None:
    for i in range(len(x)):
        if x[i] > 0.0:
            y[i] = x[i]
        else:
            y[i] = 0.0
""",
            """\
def relu(x: float64[:], y: float64[:]) -> None:
    if not (y.shape[0] >= x.shape[0]):
        raise Fail("an index beyond the end")
    y[: x.shape[0]] = np.where(x > 0.0, x, np.float64(0.0))
    return
""",
        ),
        Example(
            """\
def multiply(
    a: Annotated[NDArray[np.float64], "n k"], b: Annotated[NDArray[np.float64], "k m"]
) -> Annotated[NDArray[np.float64], "n m"]:
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for k in range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return c
""",
            """\
def multiply(a: float64[:, :], b: float64[:, :]) -> float64[:, :]:
    c = np.zeros((a.shape[0], b.shape[1]))
    if not (b.shape[0] >= a.shape[1]):
        raise Fail("an index beyond the end")
    c[:] = c + a @ b[: a.shape[1]]
    if not np.all(np.isfinite(c)):
        raise Fail("a sum overflows")
    return c
""",
        ),
        Example(
            """\
def nearest(x: Annotated[NDArray[np.float64], "n"], at: float) -> int:
    best = math.inf
    found = -1
    for i in range(len(x)):
        d = abs(float(x[i]) - at)
        if d < best:
            best = d
            found = i
    return found
""",
            """\
def nearest(x: float64[:], at: float) -> int:
    best = math.inf
    found = -1
    d = np.absolute(x - at)
    found_1 = np.arange(0, x.shape[0], 1, dtype=np.int64)
    if 0 < x.shape[0]:
        at_1 = np.argmin(d)
        if not (d[at_1] == d[at_1]):
            raise Fail("NaN among the values")
        if float(d[at_1]) < best:
            best = float(d[at_1])
            found = int(found_1[at_1])
    return found
""",
        ),
        Refusal(
            """\
def decay(a: Annotated[NDArray[np.float64], "n"]) -> None:
    for i in range(1, len(a)):
        a[i] = a[i - 1] * 0.5
""",
            "LW203",
        ),
        Refusal(
            """\
def smooth(a: Annotated[NDArray[np.float64], "n"], b: Annotated[NDArray[np.float64], "n"], c: float) -> float:
    level = 0.0
    for i in range(len(a)):
        level = c * level + float(a[i])
        b[i] = level
    return level
""",
            "LW205",
        ),
        Refusal(
            """\
def scatter(x: Annotated[NDArray[np.float64], "n"], at: Annotated[NDArray[np.int64], "n"]) -> None:
    for i in range(len(at)):
        x[at[i]] = 1.0
""",
            "LW204",
        ),
    )

    def run(self, program: Program) -> Outcome:
        if program.main.level == "low":
            return Unchanged()
        summaries = summarise(program)
        notes: list[str] = []
        refused: list[Declined] = []
        new: list[Func] = []
        for func in (*program.helpers, program.main):
            work = _Work(self, func, summaries)
            func = work.run()
            notes.extend(work.done)
            refused.extend(work.refused)
            while work.done:  # what was tidied may let a loop around become array code
                work = _Work(self, func, summaries)
                func = work.run()
                notes.extend(work.done)
            new.append(func)
        if not notes:
            return Unchanged(tuple(refused))
        return Applied(replace(program, main=new[-1], helpers=tuple(new[:-1])), tuple(notes))

    def space(self, program: Program) -> Iterator[Vectorise]:
        yield self
        yield replace(self, reorder=not self.reorder)
        yield replace(self, spread=self.spread + 1)


@dataclass
class _Work:
    """One function, loop by loop."""

    options: Vectorise
    func: Func
    summaries: Summaries
    done: list[str] = field(default_factory=list)
    refused: list[Declined] = field(default_factory=list)
    tried: dict[int, Stmt] = field(default_factory=dict)
    lists: dict[Sym, Sym] = field(default_factory=dict)
    "list parameters and the arrays that hold their numbers"

    def run(self) -> Func:
        original = self.func
        self.func = replace(original, body=_unshared(original.body))
        while (found := self.next(self.func.body, ())) is not None:
            loop, around = found
            self.tried[id(loop)] = loop
            try:
                attempt = Attempt(self.func, loop, around, self.summaries, self.lists)
                self.func = attempt.run(self.options.reorder, self.options.spread)
            except CannotLower as refused:
                self.refused.append(refused.declined)
                continue
            self.done.append(
                f"loop over `{loop.sym.name}` at line {loop.span.line} became array code"
            )
        if not self.done:
            return original
        func = normalise(self.func)
        return replace(func, body=_once(func.body))

    def next(self, body: Body, around: tuple[For, ...]) -> tuple[For, tuple[For, ...]] | None:
        """An innermost loop that was not tried yet, with the loops around it."""
        for stmt in body:
            inside = (*around, stmt) if isinstance(stmt, For) else around
            for block in bodies(stmt):
                found = self.next(block, inside)
                if found is not None:
                    return found
            if isinstance(stmt, For) and id(stmt) not in self.tried:
                return stmt, around
        return None


def _unshared(body: Body) -> Body:
    return tuple(map_bodies(replace(s), _unshared) for s in body)


def _once(body: Body) -> Body:
    """Without checks that an earlier one of the block has made, as long as nothing else is bound."""
    out: list[Stmt] = []
    known: list[Expr] = []
    for stmt in body:
        stmt = map_bodies(stmt, _once)
        if isinstance(stmt, Check) and _of_numbers(stmt.cond):
            if stmt.cond in known:
                continue
            known.append(stmt.cond)
        changed = assigned((stmt,))
        known = [c for c in known if not vars_of(c) & changed]
        if any(isinstance(s, (Append, Invoke)) for s in walk_stmts((stmt,))):
            known = []
        out.append(stmt)
    return tuple(out)


def _of_numbers(e: Expr) -> bool:
    """Whether the value depends on variables and lengths only, not on elements."""
    if isinstance(e, Dim):
        return isinstance(e.x, Var)
    return is_scalar(e.type) and not isinstance(e, Load) and all(map(_of_numbers, children(e)))
