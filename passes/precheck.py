"""Moves the tests of a loop into a loop of its own in front of it.

`for k in at: x[k] = ...` tests each position in its turn. A kernel that gives up half-way needs a copy of
what it changes, and a loop with a way out is never made vector code. What the tests look at is mostly known
before: a first loop computes that alone and tests it, and the loop itself runs without tests.

Legality. Of the loop the statements that the tests are computed from are repeated, under the same conditions
and in the same order, so that they compute the same. They read no memory that the loop writes before it
reads it (`analysis.depend`, exact for affine positions), they change none, and their variables are new. So
a test fails in front of the loop if and only if it would fail in it, and nothing has happened yet. All tests
are made before one is acted on where what follows a failed test cannot go astray: what the tests speak of
is no part of a position, and lengths of arrays limit how many iterations may be left.

Profitability: the loop stores where it tests, and the tests call no functions to speak of and count nothing
under conditions; or they are about elements of arrays alone (`precheck_extremes`).

Source: J. Saltz, R. Mirchandaney, K. Crowley, "Run-time parallelization and scheduling of loops", IEEE
Transactions on Computers 40 (1991), for the inspector; an executor without tests is what remains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import ClassVar

from loopwright.analysis.effects import Storages, Summaries, storages, summarise
from loopwright.analysis.liveness import carried, flow
from loopwright.diagnostics import Declined
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Check,
    Const,
    Expr,
    Fail,
    For,
    Func,
    If,
    Load,
    Logic,
    Program,
    Stmt,
    Sym,
    Var,
)
from loopwright.ir.types import B1, Type
from loopwright.ir.walk import (
    Body,
    assigned,
    exprs_of,
    fresh,
    map_bodies,
    map_expr,
    map_stmts,
    rename,
    subexprs,
    symbols,
    targets,
    vars_of,
    walk_stmts,
)
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged
from loopwright.passes.precheck_defer import deferrable
from loopwright.passes.precheck_extremes import all_extremes, extremes_of, noted
from loopwright.passes.precheck_slice import (
    pays,
    refusal,
    slice_of,
    without_unused,
)


@dataclass(frozen=True, slots=True)
class Precheck:
    """No options."""

    name: ClassVar[str] = "precheck"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def scale(x: Annotated[NDArray[np.float64], "n"], y: Annotated[NDArray[np.float64], "n"]) -> None:
    for i in range(len(x)):
        if y[i] <= 0.0:
            raise ValueError
        x[i] = x[i] / y[i]
""",
            """\
def scale(x: float64[:], y: float64[:]) -> None:
    for i_1 in range(x.shape[0]):
        if y[i_1] <= 0.0:
            raise Fail("what the original does here is left to it")
    for i in range(x.shape[0]):
        x[i] = x[i] / y[i]
    return
""",
        ),
        Refusal(
            """\
def settle(x: Annotated[NDArray[np.float64], "n"]) -> None:
    for i in range(1, len(x)):
        if x[i - 1] <= 0.0:
            raise ValueError
        x[i] = x[i] / x[i - 1]
""",
            "LW203",
        ),
    )

    def run(self, program: Program) -> Outcome:
        summaries = summarise(program)
        found, refused = 0, []
        functions = []
        for func in (*program.helpers, program.main):
            mover = _Mover(func, summaries, storages(func, summaries))
            functions.append(replace(func, body=mover.block(func.body)))
            found += mover.found
            refused += mover.refused
        if not found:
            return Unchanged(tuple(refused))
        result = replace(program, main=functions[-1], helpers=tuple(functions[:-1]))
        loops = "a loop" if found == 1 else f"{found} loops"
        return Applied(result, (f"the tests of {loops} come first",))

    def space(self, program: Program) -> Iterator[Precheck]:
        yield self


@dataclass
class _Mover:
    """`forward`: of the present loop, variables with a position that may count from the end, the variable
    that is that position if it does not, and the condition that none does."""

    func: Func
    summaries: Summaries
    memory: Storages
    found: int = 0
    refused: list[Declined] = field(default_factory=list)
    forward: dict[Sym, tuple[Sym, Expr]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.taken |= {sym.name for sym in symbols(self.func)}

    def block(self, body: Body) -> Body:
        out: list[Stmt] = []
        for stmt in body:
            if isinstance(stmt, For):
                out += self.loop(stmt)
            else:
                out.append(map_bodies(stmt, self.block))
        return tuple(out)

    def loop(self, loop: For) -> tuple[Stmt, ...]:
        if not any(isinstance(s, (Check, Fail)) for s in walk_stmts(loop.body)):
            return (loop,)
        kept = slice_of(loop)
        inspected = replace(loop, body=kept, parallel=False)
        at_once = self.func.level == "low" and deferrable(self.func, loop, inspected)
        single = not any(isinstance(s, For) for s in walk_stmts(loop.body))
        if not (pays(loop, kept) or (at_once and single and all_extremes(kept))):
            return (loop,)
        why = refusal(self.func, loop, kept, self.memory, self.summaries)
        if why is not None:
            self.refused.append(why)
            return (loop,)
        self.found += 1
        inspector = self.together(inspected) if at_once else (inspected,)
        free = carried(inspected)
        bound = sorted(assigned((inspected,)), key=lambda s: s.name)
        to = {sym: self.symbol(sym.name, sym.type) for sym in bound}
        first = tuple(Assign(to[s], Var(s), loop.span) for s in to if s in free)
        rest = replace(loop, body=_without_tests(loop.body))
        handed = flow(self.func, loop)
        private = assigned((loop,)) - handed.after - handed.carried
        return (*first, *rename(inspector, to), self.versions(rest, private))

    def versions(self, loop: For, private: set[Sym]) -> Stmt:
        """The loop without its tests; once more for positions none of which counts from the end, with
        variables of its own for the `private` ones."""
        places, self.forward = self.forward, {}
        bound = [sym for s in walk_stmts(loop.body) for sym in targets(s)]
        if not places or any(bound.count(place) != 1 for place in places):
            return loop

        def plainly(stmt: Stmt) -> tuple[Stmt, ...]:
            if isinstance(stmt, Assign) and stmt.sym in places:
                return (replace(stmt, value=Var(places[stmt.sym][0])),)
            return (stmt,)

        conds = [cond for _, cond in places.values()]
        all_of = reduce(lambda x, y: Logic("and", x, y, B1), conds)
        own = {s: self.symbol(s.name, s.type) for s in sorted(private, key=lambda s: s.name)}
        forward = rename((replace(loop, body=map_stmts(loop.body, plainly)),), own)
        return If(all_of, forward, (loop,), loop.span)

    def together(self, loop: For) -> Body:
        """The loop with tests behind it of what those in it have found."""
        tests = [s for s in walk_stmts(loop.body) if isinstance(s, (Check, Fail))]
        ok = self.symbol("fine", B1)
        begun: list[Stmt] = [Assign(ok, Const(True, B1), loop.span)]
        behind: list[Stmt] = [Check(Var(ok), tests[0].reason, tests[0].span)]

        def note(body: Body) -> Body:
            out: list[Stmt] = []
            for at, stmt in enumerate(body):
                extremes = extremes_of(stmt, body[:at]) if isinstance(stmt, Check) else None
                match stmt:
                    case Check() if extremes is not None:
                        parts = noted(extremes, stmt, self.symbol)
                        begun.extend(parts.before)
                        behind.append(parts.test)
                        out += parts.inside
                        if extremes.plain is not None and parts.forward is not None:
                            self.forward[extremes.place] = extremes.plain, parts.forward
                    case Check(cond, _, span):
                        out.append(Assign(ok, Binary("and", Var(ok), _plain(cond), B1), span))
                    case Fail(_, span):
                        out.append(Assign(ok, Const(False, B1), span))
                    case _:
                        out.append(map_bodies(stmt, note))
            return tuple(out)

        changed = replace(loop, body=note(loop.body))
        if ok not in assigned(changed.body):
            del begun[0], behind[0]
        needed = {s for b in behind for e in exprs_of(b) for s in vars_of(e)}
        return (*begun, without_unused(changed, needed), *behind)

    def symbol(self, name: str, t: Type) -> Sym:
        made = fresh(name, t, self.taken)
        self.taken.add(made.name)
        return made


def _without_tests(body: Body) -> Body:
    def drop(stmt: Stmt) -> tuple[Stmt, ...]:
        match stmt:
            case Check() | Fail():
                return ()
            case If(_, (), (), _):
                return ()
            case _:
                return (stmt,)

    return map_stmts(body, drop)


def _plain(cond: Expr) -> Expr:
    """A condition without the short cuts of `and` and `or`, where its operands may all be evaluated."""

    def one(e: Expr) -> Expr:
        if isinstance(e, Logic) and not any(isinstance(part, Load) for part in subexprs(e)):
            return Binary(e.op, e.a, e.b, e.type)
        return e

    return map_expr(cond, one)
