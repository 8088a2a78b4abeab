"""Lets a compiler add floating-point numbers in another order, where a loop does nothing but add.

A sum in the order of the text waits for each addition before it begins the next; with several running sums a
processor adds a vector at a time. The loop moves into a function that is marked `reorders`, and what it adds
into another one that is not: only the additions to the sums lose their order. (LLVM's flag `reassoc` belongs
to single operations, so that those of a function that is inlined keep what they had.)

Legality, for an innermost loop with a step of one:
- it consists of assignments to numbers. Some are sums: `s = s + e` or `s = s - e`; sums may stand under a
  condition, together with assignments of constants to what the loop does not read. The others are bound
  before they are read in each iteration, and neither they nor the loop's variable are read later;
- nothing else in the loop reads a sum;
- no sum is one of a parallel loop around it, whose threads have their own parts of that;
- a sum may be one element of an array, `out[i] = out[i] + e`, if the index stays the same and the loop reads
  nothing that shares memory with `out`. It is kept in a variable while the loop runs.

The sum of the magnitudes is added up beside each sum. It bounds all partial sums in all orders: if it is
far from the largest number, none overflows. Where it is not, where something is NaN, or where terms cancel so
far that rounding decides the result, the loop runs again in its own order. So infinities and NaN stay
what they are. The last digits may change, so that the pass is left out for accuracy `bitwise`.

Source of the bound: N. Higham, "The accuracy of floating point summation", SIAM J. Sci. Comput. 14, 1993.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from loopwright.analysis.effects import storages
from loopwright.diagnostics import NOWHERE, Declined
from loopwright.ir.accumulate import wrapping
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Compare,
    CompareOp,
    Const,
    Expr,
    For,
    Func,
    If,
    Invoke,
    Load,
    Logic,
    Program,
    Return,
    Select,
    Stmt,
    Sym,
    Unary,
    Var,
)
from loopwright.ir.types import B1, BOOL, F32, Num, Type
from loopwright.ir.walk import (
    Body,
    fresh,
    map_bodies,
    rename,
    symbols,
    unused,
    vars_of,
)
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged
from loopwright.passes.reassociate_legal import Adding, Sum, adding, carried, worth

_LARGEST = (1e300, 1e35)
"Of float64 and float32: far enough from overflow for the rounding of the sum of magnitudes itself."
_CANCELLED = (float(2**20), float(2**4))
"""How far the terms of float64 and float32 may cancel: a rounding error is then small beside the sum. Single
precision has few digits to lose."""


@dataclass(frozen=True, slots=True)
class Reassociate:
    """Two helper functions for each loop that only adds."""

    name: ClassVar[str] = "reassociate"
    bitwise: ClassVar[bool] = False
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def norm(x: Annotated[NDArray[np.float64], "n"]) -> np.float64:
    s = np.float64(0.0)
    for i in range(len(x)):
        v = x[i]
        s = s + v * v
    return s
""",
            """\
def norm_term(x: float64[:], i: int) -> np.float64:
    v = x[i]
    return v * v


def norm_sum(s_start: np.float64, x: float64[:], lo: int, hi: int) -> tuple[np.float64, np.float64]:
    # sums in any order
    s = s_start
    s_size = s_start if s_start >= 0.0 else -s_start
    for i in range(lo, hi):
        s_term = norm_term(x, i)
        s = s + s_term
        s_size = s_size + (s_term if s_term >= 0.0 else -s_term)
    return s, s_size


def norm(x: float64[:]) -> np.float64:
    s = np.float64(0.0)
    s_new, s_size = norm_sum(s, x, 0, x.shape[0])
    if s_size <= 1e+300 and (s_size <= s_new * 1048576.0 or s_size <= s_new * -1048576.0):
        s = s_new
    else:
        for i in range(x.shape[0]):
            v = x[i]
            s = s + v * v
    return s
""",
        ),
        Example(
            """\
def put(x: Annotated[NDArray[np.float64], "n"], y: Annotated[NDArray[np.float64], "m"]) -> None:
    for k in range(len(x)):
        y[0] += x[k]
""",
            """\
def put_term(x: float64[:], k: int) -> np.float64:
    return x[k]


def put_sum(y_at_start: np.float64, x: float64[:], lo: int, hi: int) -> tuple[np.float64, np.float64]:
    # sums in any order
    y_at = y_at_start
    y_at_size = y_at_start if y_at_start >= 0.0 else -y_at_start
    for k in range(lo, hi):
        y_at_term = put_term(x, k)
        y_at = y_at + y_at_term
        y_at_size = y_at_size + (y_at_term if y_at_term >= 0.0 else -y_at_term)
    return y_at, y_at_size


def put(x: float64[:], y: float64[:]) -> None:
    if 0 < x.shape[0]:
        y_at = y[0]
        y_at_new, y_at_size = put_sum(y_at, x, 0, x.shape[0])
        if y_at_size <= 1e+300 and (y_at_size <= y_at_new * 1048576.0 or y_at_size <= y_at_new * -1048576.0):
            y[0] = y_at_new
        else:
            for k in range(x.shape[0]):
                y[0] = y[0] + x[k]
    return
""",
        ),
        Refusal(
            """\
def running(x: Annotated[NDArray[np.float64], "n"]) -> None:
    s = np.float64(0.0)
    for i in range(len(x)):
        s = s + x[i]
        x[i] = s
""",
            "LW209",
        ),
    )

    def run(self, program: Program) -> Outcome:
        functions = (*program.helpers, program.main)
        mover = _Mover({f.name for f in functions}, {f.name for f in functions if f.reorders})
        *helpers, main = [mover.moved(f) for f in functions]
        if not mover.done:
            return Unchanged(tuple(mover.refused))
        # what was taken out calls nothing else, so that it may come first
        notes = tuple(f"the sum over `{name}` may be added up in any order" for name in mover.done)
        return Applied(replace(program, main=main, helpers=(*mover.made, *helpers)), notes)

    def space(self, program: Program) -> Iterator[Reassociate]:
        yield self


@dataclass
class _Mover:
    """Moves loops into functions of their own. `taken` are the names of functions, `sums` of those that hold
    loops that were moved before."""

    taken: set[str]
    sums: set[str]
    done: list[str] = field(default_factory=list)
    refused: list[Declined] = field(default_factory=list)
    made: list[Func] = field(default_factory=list)

    def moved(self, func: Func) -> Func:
        """The function with calls for its sums."""
        memory = storages(func)
        names = {s.name for s in symbols(func)}
        shared: set[Sym] = set()

        def block(body: Body) -> Body:
            out: list[Stmt] = []
            for before, stmt in zip((None, *body), body, strict=False):
                moved = isinstance(before, Invoke) and before.func in self.sums
                out += (stmt,) if moved else statement(stmt)  # the loop in its own order stays
            return tuple(out)

        def statement(stmt: Stmt) -> Sequence[Stmt]:
            if isinstance(stmt, For) and not stmt.parallel and not func.reorders:
                found = adding(stmt, func, memory, shared)
                if isinstance(found, Adding) and worth(found):
                    self.done.append(stmt.sym.name)
                    return self.call(found, func, names)
                if isinstance(found, str):
                    why = f"the sums of the loop over `{stmt.sym.name}` keep their order: {found}"
                    self.refused.append(Declined(stmt.span, "LW209", why))
            if isinstance(stmt, For) and stmt.parallel:
                shared.update(carried(stmt))
            return (map_bodies(stmt, block),)

        return replace(func, body=block(func.body))

    def call(self, found: Adding, func: Func, names: set[str]) -> Sequence[Stmt]:
        """The statements that take the place of the loop."""
        loop, span = found.loop, found.loop.span
        read = set[Sym]().union(*map(vars_of, found.values))
        free = [s for s in symbols(func) if s in read - found.inner]
        total = self._total(found, func, free, self._term(found, func, free))
        new = _Names(names)
        held = {s: new.named(s.sym.name, s.sym.type) for s in found.sums if s.place is not None}
        sums = {s: new.named(f"{s.sym.name}_new", s.sym.type) for s in found.sums}
        sizes = {s: new.named(f"{s.sym.name}_size", s.sym.type) for s in found.sums if s.is_float}
        names |= new.taken

        def start(s: Sum) -> Expr:
            return Const(0, s.sym.type) if s.flag is not None else Var(held.get(s, s.sym))

        args = (*map(start, found.sums), *map(Var, free), loop.lo, loop.hi)
        call = Invoke((*sums.values(), *sizes.values()), total.name, args, span)
        trusted = _all((_trusted(size, sums[s]) for s, size in sizes.items()))
        then = [_taken_over(s, v) for s, v in sums.items()]
        choice = If(trusted, tuple(then), (loop,), span)
        if not held:
            return (call, choice)
        first = [Assign(v, Load(Var(s.place.x), s.place.index, v.type), span)
                 for s, v in held.items() if s.place is not None]  # fmt: skip
        runs = _compare("lt", loop.lo, loop.hi)  # without an iteration there may be no element
        return (If(runs, (*first, call, choice), (), span),)

    def _term(self, found: Adding, func: Func, free: Sequence[Sym]) -> Func:
        """What one iteration adds."""
        new = _Names()
        params = [new.like(s) for s in (*free, found.loop.sym)]
        to = dict(zip((*free, found.loop.sym), params, strict=True))
        to |= {a.sym: new.like(a.sym) for a in found.rest}
        terms = tuple(s.term for s in found.sums)
        body = rename((*found.rest, Return(terms, found.loop.span)), to)
        return self._function(func, "term", params, [t.type for t in terms], body)

    def _total(self, found: Adding, func: Func, free: Sequence[Sym], term: Func) -> Func:
        """The loop, from what the sums were before to what they are after it."""
        span, index = found.loop.span, found.loop.sym
        new = _Names()
        starts = [new.named(f"{s.sym.name}_start", s.sym.type) for s in found.sums]
        given = [new.like(s) for s in free]
        lo, hi = new.named("lo", index.type), new.named("hi", index.type)
        sums = [new.like(s.sym) for s in found.sums]
        terms = [new.named(f"{s.sym.name}_term", s.sym.type) for s in found.sums]
        sizes = {v: new.named(f"{v.name}_size", v.type)
                 for v, s in zip(sums, found.sums, strict=True) if s.is_float}  # fmt: skip
        i = new.like(index)
        body: list[Stmt] = [Invoke(tuple(terms), term.name, (*map(Var, given), Var(i)), span)]
        before: list[Stmt] = []
        for v, s, t, first in zip(sums, found.sums, terms, starts, strict=True):
            before.append(Assign(v, Var(first), span))
            more: Expr = Binary(s.op, Var(v), Var(t), v.type)
            if s.wraps:
                more = wrapping(s.op, Var(v), Var(t))
            body.append(Assign(v, more, span))
            if v in sizes:
                size = sizes[v]
                before.append(Assign(size, _magnitude(first), span))
                more = Binary("add", Var(size), _magnitude(t), size.type)
                body.append(Assign(size, more, span))
        results = [*sums, *sizes.values()]
        text = (
            *before,
            For(i, Var(lo), Var(hi), found.loop.step, tuple(body), (), span),
            Return(tuple(map(Var, results)), span),
        )
        params = [*starts, *given, lo, hi]
        return self._function(func, "sum", params, [v.type for v in results], text, reorders=True)

    def _function(
        self, func: Func, what: str, params: Sequence[Sym], results: Sequence[Type], body: Body,
        *, reorders: bool = False,
    ) -> Func:  # fmt: skip
        name = unused(f"{func.name}_{what}", self.taken)
        self.taken.add(name)
        made = Func(
            name, tuple(params), tuple(results), body, func.span, func.level, reorders=reorders
        )
        self.made.append(made)
        return made


class _Names:
    """New variables of one function."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)

    def named(self, name: str, type_: Type) -> Sym:
        made = fresh(name, type_, self.taken)
        self.taken.add(made.name)
        return made

    def like(self, sym: Sym) -> Sym:
        return self.named(sym.name, sym.type)


def _taken_over(s: Sum, value: Sym) -> Stmt:
    """What a sum that can be trusted does."""
    if s.place is not None:
        return replace(s.place, value=Var(value))
    if s.flag is not None:
        any_ = _compare("gt", Var(value), Const(0, value.type))
        return If(any_, (s.flag,), (), s.flag.span)
    return Assign(s.sym, Var(value), NOWHERE)


def _compare(op: CompareOp, a: Expr, b: Expr) -> Expr:
    """Of NumPy's numbers NumPy's truth value, else Python's."""
    return Compare(op, a, b, B1 if isinstance(a.type, Num) and isinstance(b.type, Num) else BOOL)


def _magnitude(sym: Sym) -> Expr:
    zero = Const(0.0, sym.type)
    negative = Unary("neg", Var(sym), sym.type)
    return Select(_compare("ge", Var(sym), zero), Var(sym), negative, sym.type)


def _trusted(size: Sym, total: Sym) -> Expr:
    """Whether a sum does not hang on its order: no partial sum passes the largest number, and it is not what
    is left of terms that cancel. False for NaN."""
    t = size.type
    largest, cancelled = Const(_LARGEST[t == F32], t), _CANCELLED[t == F32]
    times = Binary("mul", Var(total), Const(cancelled, t), t)
    minus = Binary("mul", Var(total), Const(-cancelled, t), t)
    within = [_compare("le", Var(size), limit) for limit in (largest, times, minus)]
    truth = within[0].type
    return Logic("and", within[0], Logic("or", within[1], within[2], truth), truth)


def _all(conditions: Iterable[Expr]) -> Expr:
    first, *rest = conditions
    for each in rest:
        first = Logic("and", first, each, each.type)
    return first
