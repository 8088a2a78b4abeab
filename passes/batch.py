"""Lets a library compute mathematical functions for several iterations of a loop at once.

`for i: for k: s = s + ...; K[i] = exp(-s)` calls `exp` once in an iteration. Processors have no
instruction for it, but C libraries compute it for four or eight numbers in little more time than for one.
The loop runs in blocks: what comes in front of the call for all iterations of a block, with what the call
needs in an array; the call for the whole array; then what is left, in order. A loop that only computes
and stores numbers stays one loop. Such libraries promise 4 units in the last place, so that the pass is for
`faithful` and weaker.

Legality, of a loop with the first call in statement p: no iteration ends the loop or draws random numbers;
no variable and no array goes from the statements from p on to those before p of a later iteration, and those
overwrite nothing that the former read (`analysis.effects.Storages` decides what may share memory). What the
library computes reads no array that the loop stores into, and no element that a test in between guards. Loops
that threads share are left alone: the arrays of a block would be shared, too. In a called function all arrays
must be known to be apart (`chunks`).

Source: loop distribution with scalar expansion, Allen and Kennedy, Optimizing Compilers for Modern
Architectures, sections 5.3 and 6.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import ClassVar

from loopwright.analysis.effects import Storages, storages
from loopwright.analysis.liveness import flow
from loopwright.diagnostics import Declined
from loopwright.ir.intrinsics import VECTOR_FORM
from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    BinaryOp,
    Call,
    Const,
    Expr,
    For,
    Func,
    Load,
    Program,
    Pt,
    Stmt,
    Store,
    Sym,
    Var,
)
from loopwright.ir.trips import end_of_range
from loopwright.ir.types import I64, INT, Array, Type, machine_dtype
from loopwright.ir.walk import (
    Body,
    assigned,
    fresh,
    map_bodies,
    map_expr,
    map_exprs,
    rename,
    symbols,
)
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged
from loopwright.passes.batch_legal import (
    Split,
    arguments_apart,
    entering,
    first_call,
    has_form,
    is_map,
    refusal,
    split,
)

_FEW = 8
"""Iterations that are not worth a block."""


@dataclass(frozen=True, slots=True)
class Batch:
    """`block`: iterations that are computed together."""

    block: int = 512

    name: ClassVar[str] = "batch"
    bitwise: ClassVar[bool] = False
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def squash(x: Annotated[NDArray[np.float64], "n"]) -> None:
    for i in range(len(x)):
        x[i] = np.tanh(x[i]) * 2.0
""",
            """\
def squash(x: float64[:]) -> None:
    for i in range(x.shape[0]):
        x[i] = vec.tanh(x[i]) * 2.0
    return
""",
        ),
        Example(
            """\
def smooth(x: Annotated[NDArray[np.float64], "n"], s: np.float64) -> np.float64:
    for i in range(len(x)):
        s = s * 0.5 + np.exp(x[i])
    return s
""",
            """\
def smooth(x: float64[:], s: np.float64) -> np.float64:
    term_block = np.empty(512)
    s_1 = s
    lo = 0
    hi = x.shape[0]
    for block in range((hi - lo - 1) // 512 + 1):
        start = lo + block * 512
        count = min(hi - start, 512)
        for k in range(count):
            i = start + k
            term = vec.exp(x[i])
            term_block[k] = term
        for k_1 in range(count):
            i = start + k_1
            term_here = term_block[k_1]
            s_1 = s_1 * 0.5 + term_here
    return s_1
""",
        ),
        Refusal(
            """\
def relax(x: Annotated[NDArray[np.float64], "n"], s: np.float64) -> np.float64:
    for i in range(len(x)):
        s = np.exp(-s) + x[i]
    return s
""",
            "LW210",
        ),
    )

    def run(self, program: Program) -> Outcome:
        functions = (*program.helpers, program.main)
        made = [_Writer(f, self.block, f is program.main or f.apart) for f in functions]
        *helpers, main = [w.written() for w in made]
        notes = tuple(note for w in made for note in w.notes)
        if not notes:
            return Unchanged(tuple(d for w in made for d in w.refused))
        return Applied(replace(program, main=main, helpers=tuple(helpers)), notes)

    def space(self, program: Program) -> Iterator[Batch]:
        for block in (128, 2048):
            yield replace(self, block=block)


@dataclass
class _Writer:
    """Rewrites one function. `apart`: its parameters share no memory. `arrays` are those that blocks are
    kept in."""

    func: Func
    block: int
    apart: bool
    notes: list[str] = field(default_factory=list)
    refused: list[Declined] = field(default_factory=list)
    arrays: list[Stmt] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.memory: Storages = storages(self.func)
        self.taken = {s.name for s in symbols(self.func)}

    def written(self) -> Func:
        """The function with vector forms."""
        body = self.body(self.func.body)
        return replace(self.func, body=(*self.arrays, *body)) if self.notes else self.func

    def body(self, body: Body) -> Body:
        return tuple(new for stmt in body for new in self.stmt(stmt))

    def stmt(self, stmt: Stmt) -> Sequence[Stmt]:
        if isinstance(stmt, For) and stmt.parallel:
            return (stmt,)
        at = first_call(stmt.body) if isinstance(stmt, For) else None
        if not isinstance(stmt, For) or at is None or _short(stmt):
            return (map_bodies(stmt, self.body),)
        if is_map(stmt):
            self.notes.append(self.note(stmt))
            return (replace(stmt, body=_vectors(stmt.body)),)
        live = flow(self.func, stmt).after
        why = refusal(stmt, at, live, self.memory)
        if not self.apart:
            why = "the function that it stands in is called by the kernel"
        found = None if why else self.split(stmt, at, live)
        if found is None:
            why = why or "what it is called with is computed in order"
            text = f"a function is called once in an iteration of `{stmt.sym.name}`: {why}"
            self.refused.append(Declined(stmt.span, "LW210", text))
            return (map_bodies(stmt, self.body),)
        self.notes.append(self.note(stmt))
        return self.blocks(replace(found, before=self.body(found.before)))

    def split(self, loop: For, at: int, live: Set[Sym]) -> Split | None:
        if found := split(loop, at, self.memory, self.new):
            return found
        loop, at = arguments_apart(loop, at, self.new)
        if refusal(loop, at, live, self.memory):  # more stands in front of the call now
            return None
        return split(loop, at, self.memory, self.new)

    def note(self, loop: For) -> str:
        return f"functions in the loop over `{loop.sym.name}` are computed in vectors"

    def array(self, name: str, type_: Type) -> Sym:
        """A new array of a block's length."""
        made = self.new(name, Array(machine_dtype(type_), 1))
        size = I64 if self.func.level == "low" else INT
        alloc = Alloc((Const(self.block, size),), None, made.type)
        self.arrays.append(Assign(made, alloc, self.func.span))
        return made

    def new(self, name: str, type_: Type) -> Sym:
        made = fresh(name, type_, self.taken)
        self.taken.add(made.name)
        return made

    def blocks(self, s: Split) -> Sequence[Stmt]:
        """The loop in blocks."""
        loop, span = s.loop, s.loop.span
        index = loop.sym.type
        lo, hi, start = (self.new(name, index) for name in ("lo", "hi", "start"))
        block = _Block(self, loop, start, self.new("count", index))
        phases = (
            *block.phase(s.before, entering(loop, s.vector) | entering(loop, s.after)),
            *block.phase(_vectors(s.vector), entering(loop, s.after)),
            *block.phase(s.after, frozenset()),
        )

        def sum_of(op: BinaryOp, a: Expr, b: Expr) -> Expr:
            return Binary(op, a, b, index)

        size, one = Const(self.block, index), Const(1, index)
        number = self.new("block", index)
        trips = sum_of("sub", Var(hi), Var(lo))
        # a step of `start` itself could pass the greatest integer
        whole = sum_of("floordiv", sum_of("sub", trips, one), size)
        done = sum_of("mul", Var(number), size)
        left = sum_of("sub", Var(hi), Var(start))
        inside = (
            Assign(start, sum_of("add", Var(lo), done), span),
            Assign(block.count, Call("min2", (left, size), index), span),
            *phases,
        )
        rows = For(number, Const(0, index), sum_of("add", whole, one), one, inside, (), span)
        return (Assign(lo, loop.lo, span), Assign(hi, end_of_range(loop, lo), span), rows)


@dataclass
class _Block:
    """A block of iterations from `start` on. `kept` are the arrays that hold the values of variables."""

    writer: _Writer
    loop: For
    start: Sym
    count: Sym
    kept: dict[Sym, Sym] = field(default_factory=dict)

    def phase(self, body: Body, later: Set[Sym]) -> Sequence[Stmt]:
        """One step of all iterations; what it computes is kept for those that read it `later`."""
        if not body:
            return ()
        span, new, index = self.loop.span, self.writer.new, self.loop.sym.type
        k = new("k", index)
        at = (Pt(Var(k)),)
        read = entering(self.loop, body)
        own = {s: new(f"{s.name}_here", s.type) for s in self.kept if s in read}
        loads = [Assign(here, Load(Var(self.kept[s]), at, s.type), span) for s, here in own.items()]
        stores = []
        for sym in sorted(assigned(body) & later, key=lambda s: s.name):
            self.kept[sym] = self.writer.array(f"{sym.name}_block", sym.type)
            stores.append(Store(self.kept[sym], at, Var(sym), span))
        i = Assign(self.loop.sym, Binary("add", Var(self.start), Var(k), index), span)
        inside = (i, *loads, *rename(body, own), *stores)
        return (For(k, Const(0, index), Var(self.count), Const(1, index), inside, (), span),)


def _short(loop: For) -> bool:
    """Whether the loop is known to have few iterations."""
    match loop:
        case For(lo=Const(int() as lo, _), hi=Const(int() as hi, _), step=Const(int() as step, _)):
            return len(range(lo, hi, step or 1)) < _FEW
        case _:
            return False


def _vectors(body: Body) -> Body:
    """The statements with forms for vectors."""

    def one(e: Expr) -> Expr:
        return replace(e, fn=VECTOR_FORM[e.fn]) if isinstance(e, Call) and has_form(e) else e

    return map_exprs(body, lambda e: map_expr(e, one))
