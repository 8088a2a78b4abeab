"""Counters that a loop moves by a constant become affine in the variable of the loop.

`k = k + c` once in every iteration makes `k` an induction variable: in iteration number `n` of the loop
it is its value before the loop plus `c * n`. Reads become that, and the variable gets its last value
behind the loop. Positions that were counted by hand, or by `append`, are then known to be in bounds, and
no iteration waits for the one before.

Legality. The loop runs over a range with step 1 or -1. It binds the counter, a Python int, by this one
statement, which stands in the body itself. No iteration leaves it out: no `break` leaves the loop, and no
`continue` stands before it. The loop does not bind its own variable. The bounds are evaluated once, and
are held where the loop changes what they are made of.

Source: A. Aho, M. Lam, R. Sethi, J. Ullman, Compilers, 2nd edition, section 9.1.8, read backwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

from loopwright.ir.nodes import (
    Assign,
    Binary,
    Break,
    Const,
    Continue,
    Dim,
    Expr,
    For,
    If,
    Program,
    Stmt,
    Sym,
    Var,
)
from loopwright.ir.types import INT, Array
from loopwright.ir.walk import (
    Body,
    assigned,
    bodies,
    fresh,
    map_bodies,
    map_exprs,
    subexprs,
    substitute,
    symbols,
    targets,
    vars_of,
    walk_stmts,
)
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged
from loopwright.passes.scalarise_ints import (
    affine,
    clipped,
    const_of,
    integer,
    minus,
    plus,
    times,
)


@dataclass(frozen=True, slots=True)
class Induction:
    """No options."""

    name: ClassVar[str] = "induction"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            before="""
def pairs(x: NDArray[np.float64], out: NDArray[np.float64], n: int):
    k = 0
    for i in range(n):
        out[k] = x[i]
        out[k + 1] = -x[i]
        k += 2
    return k
""",
            after="""
def pairs(n: int, out: float64[:], x: float64[:]) -> int:
    k = 0
    for i in range(n):
        out[2 * i] = x[i]
        out[2 * i + 1] = -x[i]
    k = 2 * max(n, 0)
    return k
""",
        ),
    )

    def run(self, program: Program) -> Outcome:
        found: list[str] = []
        functions = []
        for func in (*program.helpers, program.main):
            rewriter = _Rewriter({sym.name for sym in symbols(func)})
            functions.append(replace(func, body=rewriter.block(func.body)))
            found += rewriter.found
        if not found:
            return Unchanged()
        result = replace(program, main=functions[-1], helpers=tuple(functions[:-1]))
        return Applied(result, tuple(f"`{name}` follows from the loop" for name in found))

    def space(self, program: Program) -> Iterator[Induction]:
        yield self


@dataclass(slots=True)
class _Rewriter:
    """`found` names the counters that were replaced; `natural` are loop variables that are never negative."""

    taken: set[str]
    found: list[str] = field(default_factory=list)
    natural: set[Sym] = field(default_factory=set)

    def block(self, body: Body) -> Body:
        """The block, inner loops first, so that a counter of theirs may be one of the outer loop."""
        out: list[Stmt] = []
        known: dict[Sym, Const] = {}
        for old in body:
            if isinstance(old, For) and _rises_from_zero(old):
                self.natural.add(old.sym)
            stmt = map_bodies(old, self.block)
            self.natural -= set(targets(old))
            new = self.loop(stmt, known) if isinstance(stmt, For) else (stmt,)
            for s in new:
                known = {k: v for k, v in known.items() if k not in assigned((s,))}
                if isinstance(s, Assign) and isinstance(s.value, Const):
                    known[s.sym] = s.value
            out += new
        return tuple(out)

    def loop(self, stmt: For, known: dict[Sym, Const]) -> tuple[Stmt, ...]:
        """The loop without its counters, between statements that set them."""
        counters = _counters(stmt)
        if not counters:
            return (stmt,)
        step = const_of(stmt.step)
        before: list[Stmt] = []
        changing = assigned((stmt,))
        lo = self.held(stmt.lo, "first", stmt, changing, before)
        hi = self.held(stmt.hi, "end", stmt, changing, before)
        number = minus(Var(stmt.sym), lo) if step == 1 else minus(lo, Var(stmt.sym))
        trips = clipped(minus(hi, lo) if step == 1 else minus(lo, hi), self.is_natural)
        after: list[Stmt] = []
        body = stmt.body
        for update, by in counters.items():
            sym = update.sym
            start: Expr | None = known.get(sym)
            if start is None:
                start = Var(self.symbol(f"{sym.name}_0"))
                before.append(Assign(start.sym, Var(sym), update.span))
            now = plus(start, times(integer(by), number))
            body = _without(body, sym, {sym: now}, {sym: plus(now, integer(by))})
            last = plus(start, times(integer(by), trips))
            after.append(Assign(sym, last, update.span))
            self.found.append(sym.name)
        return (*before, replace(stmt, lo=lo, hi=hi, body=body), *after)

    def is_natural(self, term: Expr) -> bool:
        return isinstance(term, Var) and term.sym in self.natural

    def held(
        self, bound: Expr, name: str, stmt: For, changing: set[Sym], before: list[Stmt]
    ) -> Expr:
        """A bound as an expression that has its value in the loop and behind it."""
        if _lasting(bound) and not vars_of(bound) & changing:
            return bound
        sym = self.symbol(f"{stmt.sym.name}_{name}")
        before.append(Assign(sym, bound, stmt.span))
        return Var(sym)

    def symbol(self, name: str) -> Sym:
        made = fresh(name, INT, self.taken)
        self.taken.add(made.name)
        return made


def _rises_from_zero(stmt: For) -> bool:
    lo, step = const_of(stmt.lo), const_of(stmt.step)
    rises = lo is not None and step is not None and lo >= 0 and step > 0
    return rises and stmt.sym not in assigned(stmt.body)


def _counters(stmt: For) -> dict[Assign, int]:
    """The statements that move a counter once in every iteration, and by how much; none if the loop does
    nothing else, which is left to the machine-code compiler."""
    if const_of(stmt.step) not in (1, -1) or stmt.orelse or stmt.sym.type != INT:
        return {}
    bound = [sym for s in walk_stmts(stmt.body) for sym in targets(s)]
    if stmt.sym in bound or any(isinstance(s, Break) for s in _own(stmt.body)):
        return {}
    found: dict[Assign, int] = {}
    for s in stmt.body:
        if any(isinstance(inner, Continue) for inner in _own((s,))):
            break
        if isinstance(s, Assign) and s.sym.type == INT and bound.count(s.sym) == 1:
            form = affine(s.value)
            if form.terms == ((Var(s.sym), 1),) and form.const:
                found[s] = form.const
    return found if len(found) < len(stmt.body) else {}


def _own(body: Body) -> Iterator[Stmt]:
    """The statements of a block whose `break` and `continue` are meant for the loop around the block."""
    for stmt in body:
        yield stmt
        blocks = bodies(stmt)
        for block in blocks if isinstance(stmt, If) else blocks[1:]:
            yield from _own(block)


def _lasting(expr: Expr) -> bool:
    """Whether the value changes only when one of its variables is bound anew."""
    return all(
        isinstance(e, (Const, Var))
        or (isinstance(e, Dim) and isinstance(e.x, Var) and isinstance(e.x.type, Array))
        or (isinstance(e, Binary) and e.op in ("add", "sub", "mul") and e.type == INT)
        for e in subexprs(expr)
    )


def _without(body: Body, sym: Sym, before: dict[Sym, Expr], after: dict[Sym, Expr]) -> Body:
    """The body without the update of the counter, with what it is in front of that and behind."""
    at = next(k for k, s in enumerate(body) if sym in targets(s))
    return (
        *map_exprs(body[:at], lambda e: substitute(e, before)),
        *map_exprs(body[at + 1 :], lambda e: substitute(e, after)),
    )
