"""Runs the iterations of an independent loop in chunks, each by a call of a function of its own.

What threads share is known to a C compiler by its address alone: it neither keeps it in registers nor makes
vector code. A function that is called for a range of iterations gets what it reads by value, and is for
later passes and for the compiler a serial loop like any other. There is a fixed number of chunks, however
many threads there are, so that results do not depend on that.

Legality, of a loop that `parallel` marks (its iterations are independent, and variables are bound in each
before they are read): no variable of the body is read behind the loop, or is a sum over the iterations; its
statements only compute numbers and load and store elements, and no two of its arrays, one of which is
written, may share memory (`analysis.effects.Storages`), which the function that is made may then rely on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from loopwright.analysis.effects import storages
from loopwright.analysis.liveness import flow
from loopwright.diagnostics import Declined
from loopwright.ir.nodes import (
    Assign,
    Binary,
    BinaryOp,
    Break,
    Call,
    Const,
    Continue,
    Dim,
    Expr,
    For,
    Func,
    If,
    IndexItem,
    Invoke,
    Load,
    Program,
    Pt,
    Return,
    Stmt,
    Store,
    Sym,
    Var,
    While,
)
from loopwright.ir.trips import end_of_range
from loopwright.ir.types import Array, Type, is_scalar
from loopwright.ir.walk import (
    Body,
    assigned,
    children,
    fresh,
    map_bodies,
    rename,
    stored,
    symbols,
    unused,
    used,
    walk_exprs,
    walk_stmts,
)
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged
from loopwright.passes.parallel import Parallel

_PLAIN = (Assign, Store, If, For, While, Break, Continue)


@dataclass(frozen=True, slots=True)
class Chunks:
    """`count`: into how many chunks a loop is cut; `min_work` as in `parallel`."""

    count: int = 64
    min_work: int = 20_000

    name: ClassVar[str] = "chunks"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def scale(x: Annotated[NDArray[np.float64], "n m"], y: Annotated[NDArray[np.float64], "n m"]) -> None:
    for i in range(len(x)):
        for j in range(x.shape[1]):
            y[i, j] = np.sqrt(x[i, j])
""",
            """\
def scale_part(start: int, end: int, x: float64[:, :], y: float64[:, :]) -> None:
    for i in range(start, end):
        t = x.shape[0]
        t_1 = x.shape[1]
        for j in range(x.shape[1]):
            y[i, j] = np.sqrt(x[i, j])
    return


def scale(x: float64[:, :], y: float64[:, :]) -> None:
    lo = 0
    hi = x.shape[0]
    size = max((hi - lo - 1) // 64 + 1, 1)
    for chunk in range((hi - lo - 1) // size + 1):  # parallel
        start = lo + chunk * size
        end = start + min(hi - start, size)
        scale_part(start, end, x, y)
    return
""",
        ),
        Refusal(
            """\
def total(x: Annotated[NDArray[np.int64], "n m"]) -> np.int64:
    s = np.int64(0)
    for i in range(len(x)):
        for j in range(x.shape[1]):
            s += x[i, j]
    return s
""",
            "LW211",
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
    )

    def run(self, program: Program) -> Outcome:
        marked = Parallel(self.min_work).run(program)
        if isinstance(marked, Unchanged):
            return marked
        names = {f.name for f in (*program.helpers, program.main)}
        cutter = _Cutter(marked.program.main, self.count, names)
        main = replace(program.main, body=cutter.block(marked.program.main.body))
        if not cutter.made:
            return Unchanged(tuple(cutter.refused))
        notes = tuple(f"iterations of `{name}` run in chunks" for name in cutter.cut)
        helpers = (*program.helpers, *cutter.made)
        return Applied(replace(program, main=main, helpers=helpers), notes)

    def space(self, program: Program) -> Iterator[Chunks]:
        yield replace(self, count=256)


@dataclass
class _Cutter:
    """Cuts the marked loops of `func`. `names` are those of functions."""

    func: Func
    count: int
    names: set[str]
    made: list[Func] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    refused: list[Declined] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.memory = storages(self.func)
        self.taken = {s.name for s in symbols(self.func)}

    def block(self, body: Body) -> Body:
        return tuple(new for stmt in body for new in self.stmt(stmt))

    def stmt(self, stmt: Stmt) -> Sequence[Stmt]:
        if not (isinstance(stmt, For) and stmt.parallel):
            return (map_bodies(stmt, self.block),)
        why = self.refusal(stmt)
        if why:
            text = f"the loop over `{stmt.sym.name}` stays in one piece: {why}"
            self.refused.append(Declined(stmt.span, "LW211", text))
            return (replace(stmt, parallel=False),)
        self.cut.append(stmt.sym.name)
        return self.chunks(stmt)

    def refusal(self, loop: For) -> str:
        """Why the loop cannot be cut; "" if it can."""
        found = flow(self.func, loop)
        handed_on = (found.after | found.carried) & (assigned(loop.body) | {loop.sym})
        if handed_on:
            return f"`{min(s.name for s in handed_on)}` goes from one iteration to others, or behind it"
        statements = tuple(walk_stmts(loop.body))
        slices = any(isinstance(s, Store) and not _point(s.index) for s in statements)
        if slices or not all(isinstance(s, _PLAIN) for s in statements):
            return "it does more than to compute numbers"
        numbers = all(is_scalar(s.type) for s in assigned(loop.body))
        if not numbers or not all(map(_by_element, walk_exprs(loop.body))):
            return "it works on whole arrays"
        arrays = {s for s in used(loop.body) if isinstance(s.type, Array)}
        for written in stored(loop.body):
            if any(x is not written and self.memory.overlap(x, written) for x in arrays):
                return f"`{written.name}` may share memory with another array"
        return ""

    def chunks(self, loop: For) -> Sequence[Stmt]:
        """The loop over chunks, with what it needs before it."""
        index, span = loop.sym.type, loop.span
        names = ("lo", "hi", "size", "chunk", "start", "end")
        lo, hi, size, chunk, start, end = (self.new(name, index) for name in names)

        def at(op: BinaryOp, a: Expr, b: Expr) -> Expr:
            return Binary(op, a, b, index)

        one, last = Const(1, index), at("sub", at("sub", Var(hi), Var(lo)), Const(1, index))
        pieces = at("add", at("floordiv", last, Const(self.count, index)), one)
        count = at("add", at("floordiv", last, Var(size)), one)
        first = at("add", Var(lo), at("mul", Var(chunk), Var(size)))
        behind = at(
            "add", Var(start), Call("min2", (at("sub", Var(hi), Var(start)), Var(size)), index)
        )
        func, args = self.part(loop)
        inside = (
            Assign(start, first, span),
            Assign(end, behind, span),
            Invoke((), func.name, (Var(start), Var(end), *args), span),
        )
        return (
            Assign(lo, loop.lo, span),
            Assign(hi, end_of_range(loop, lo), span),
            Assign(size, Call("max2", (pieces, one), index), span),
            For(chunk, Const(0, index), count, one, inside, (), span, parallel=True),
        )

    def part(self, loop: For) -> tuple[Func, tuple[Expr, ...]]:
        """The function for some iterations, and what it gets behind the bounds."""
        own = assigned(loop.body) | {loop.sym}
        given = sorted(used(loop.body) - own, key=lambda s: s.name)
        to = {s: Sym(s.name, s.type) for s in (*own, *given)}
        taken = {s.name for s in to}
        lo, hi = (fresh(name, loop.sym.type, taken) for name in ("start", "end"))
        one = Const(1, loop.sym.type)
        inner = For(to[loop.sym], Var(lo), Var(hi), one, rename(loop.body, to), (), loop.span)
        name = unused(f"{self.func.name}_part", self.names)
        self.names.add(name)
        body = (inner, Return((), loop.span))
        params = (lo, hi, *(to[s] for s in given))
        func = replace(
            self.func, name=name, params=params, results=(), body=body, span=loop.span, apart=True
        )
        self.made.append(func)
        return func, tuple(map(Var, given))

    def new(self, name: str, type_: Type) -> Sym:
        made = fresh(name, type_, self.taken)
        self.taken.add(made.name)
        return made


def _by_element(e: Expr) -> bool:
    """Whether the arrays below the expression are only measured, and read by element."""
    match e:
        case Load(Var(), index, _):
            return is_scalar(e.type) and _point(index)
        case Dim(Var(), _, _) | Var():
            return True
        case _:
            return is_scalar(e.type) and not any(isinstance(c.type, Array) for c in children(e))


def _point(index: Sequence[IndexItem]) -> bool:
    return all(isinstance(item, Pt) for item in index)
