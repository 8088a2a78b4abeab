"""Passes over iterations in which nothing happens, a block at a time.

`for i: if x[i] > best: best = x[i]` hardly ever does anything once it has run for a while, and a search does
nothing but at its end. Yet each iteration waits for the one before, or may be the last one. Whether anything
happens in a block of iterations is the same question for all of them: it is answered by vector code, and
only a block in which something happens is run as it stands.

Legality, of a loop whose body is one `if` without `else`: while nothing has happened, the condition looks at
nothing that changes; so if it is false in all iterations of a block with the values at its beginning, the
block does nothing. Asking it is harmless: it only reads at positions made of the loop's variable, which are
in bounds for the whole range, and computes what cannot fail. The loop's variable is not needed afterwards.

Profitability: the condition compares with what the `if` sets, which makes it rarer, or the `if` leaves the
loop; and there are two blocks at least.

Source: for searches, A. Bik, "The Software Vectorization Handbook", 2004, section 5.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from loopwright.analysis.liveness import flow
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Break,
    Call,
    Cast,
    Compare,
    Const,
    Expr,
    For,
    Func,
    If,
    Load,
    Program,
    Select,
    Stmt,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import B1, BOOL, Num, Type, kind_of, machine_dtype
from loopwright.ir.walk import (
    Body,
    assigned,
    fresh,
    index_exprs,
    map_bodies,
    subexprs,
    substitute,
    symbols,
    vars_of,
)
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged

_CHEAP = frozenset({"abs", "math.fabs", "np.absolute", "np.logical_not"})


@dataclass(frozen=True, slots=True)
class Skim:
    """`block`: how many iterations are looked at together."""

    block: int = 64

    name: ClassVar[str] = "skim"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def greatest(x: "np.ndarray[tuple[int], np.dtype[np.float64]]", best: np.float64, n: int) -> np.float64:
    for i in range(n):
        if x[i] > best:
            best = x[i]
    return best
""",
            """\
def greatest(n: int, x: float64[:], best: np.float64) -> np.float64:
    best_1 = best
    if n - 0 < 128:
        for i in range(n):
            if x[i] > best_1:
                best_1 = x[i]
    else:
        for first in range(0, n, 64):
            end = first + 64 if first + 64 < n else n
            some = np.bool(False)
            for i_1 in range(first, end):
                some = some | (x[i_1] > best_1)
            if some:
                for i in range(first, end):
                    if x[i] > best_1:
                        best_1 = x[i]
    return best_1
""",
        ),
    )

    def run(self, program: Program) -> Outcome:
        count = 0
        functions = []
        for func in (*program.helpers, program.main):
            skimmer = _Skimmer(func, self.block)
            functions.append(replace(func, body=skimmer.block(func.body)))
            count += skimmer.count
        if not count:
            return Unchanged()
        result = replace(program, main=functions[-1], helpers=tuple(functions[:-1]))
        loops = "a loop looks" if count == 1 else f"{count} loops look"
        return Applied(result, (f"{loops} at {self.block} iterations together",))

    def space(self, program: Program) -> Iterator[Skim]:
        yield self


class _Skimmer:
    def __init__(self, func: Func, size: int) -> None:
        self.func, self.size = func, size
        self.taken = {sym.name for sym in symbols(func)}
        self.count = 0

    def block(self, body: Body) -> Body:
        return tuple(new for stmt in body for new in self.stmt(stmt))

    def stmt(self, stmt: Stmt) -> tuple[Stmt, ...]:
        match stmt:
            case For(body=(If(cond, then, ()),), orelse=()) if self.legal(stmt, cond, then):
                self.count += 1
                return self.in_blocks(stmt, cond, then)
            case If(_, _, (For(step=Const(value)),)) if value == self.size:
                return (stmt,)  # blocks already
            case _:
                return (map_bodies(stmt, self.block),)

    def legal(self, loop: For, cond: Expr, then: tuple[Stmt, ...]) -> bool:
        if loop.parallel or not (isinstance(loop.step, Const) and loop.step.value == 1):
            return False
        leaves = bool(then) and isinstance(then[-1], Break)
        if leaves and self.func.level != "low":
            return False  # what stands behind the way out may fail
        plain = then[:-1] if leaves else then
        if not all(isinstance(s, (Assign, Store)) for s in plain):
            return False
        changed = assigned(then)
        if loop.sym in changed or not (leaves or vars_of(cond) & changed):
            return False
        if loop.sym in flow(self.func, loop).after:
            return False
        parts = tuple(subexprs(cond))
        # what is in bounds is far from the ends of 64 bits
        along = any(isinstance(e, Load) and loop.sym in vars_of(e) for e in parts)
        return along and all(_is_harmless(e, changed) for e in parts)

    def in_blocks(self, loop: For, cond: Expr, then: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
        span, t = loop.span, loop.sym.type
        before: list[Stmt] = []
        truth = B1 if isinstance(t, Num) else BOOL
        hi = loop.hi
        if not isinstance(hi, (Const, Var)):
            held = self.symbol("stop", t)
            before.append(Assign(held, hi, span))
            hi = Var(held)
        first, end = self.symbol("first", t), self.symbol("end", t)
        at, some = self.symbol(loop.sym.name, t), self.symbol("some", B1)
        one, size = Const(1, t), Const(self.size, t)
        past = Binary("add", Var(first), size, t)
        holds = substitute(cond, {loop.sym: Var(at)})
        asked = Binary("or", Var(some), holds if holds.type == B1 else Cast(holds, B1), B1)
        look = For(at, Var(first), Var(end), one, (Assign(some, asked, span),), (), span)
        again: tuple[Stmt, ...] = (replace(loop, lo=Var(first), hi=Var(end)),)
        if isinstance(then[-1], Break):
            again = (*again, Break(span))
        body = (
            Assign(end, Select(Compare("lt", past, hi, truth), past, hi, t), span),
            Assign(some, Const(False, B1), span),
            look,
            If(Var(some), again, (), span),
        )
        blocks = For(first, loop.lo, hi, size, body, (), span)
        short = Compare("lt", Binary("sub", hi, loop.lo, t), Const(2 * self.size, t), truth)
        return (*before, If(short, (replace(loop, hi=hi),), (blocks,), span))

    def symbol(self, name: str, t: Type) -> Sym:
        made = fresh(name, t, self.taken)
        self.taken.add(made.name)
        return made


def _is_harmless(e: Expr, changed: set[Sym]) -> bool:
    """Whether evaluating the node where the loop would not have come to it does nothing."""
    match e:
        case Load(Var(), index, Num()):
            return not any(vars_of(i) & changed for i in index_exprs(index))
        case Load():
            return False
        case Call(fn, _, _):
            return fn in _CHEAP
        case Binary("floordiv" | "mod" | "pow" | "lshift" | "rshift", _, b, t):
            whole = kind_of(machine_dtype(t)) in "iu"
            return not whole or (isinstance(b, Const) and bool(b.value))
        case _:
            return True
