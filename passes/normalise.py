"""Fold constants, forward temporaries, and drop what has no effect.

Only rewrites that keep every bit are done: integer arithmetic of Python ints (unbounded, so
associative), copies, conditions that are constant, lengths of arrays whose allocation is in sight.

Legality of forwarding `t = e` into its only use, later in the same block: between the two, no variable
of `e` is bound and no memory that `e` reads is written; no statement there leaves the block; and if the
use is evaluated lazily, `e` must not be able to fail, since the failure would be lost.
Legality of removal: the value is unused and its evaluation cannot fail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from loopwright.analysis.effects import Storages, expr_may_fail, holds_memory, storages
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Break,
    Check,
    Const,
    Continue,
    Dim,
    Draw,
    Expr,
    Fail,
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
    Store,
    Sym,
    Var,
    While,
)
from loopwright.ir.types import Array, ListOf, is_scalar
from loopwright.ir.walk import (
    Body,
    children,
    exprs_of,
    map_bodies,
    map_expr,
    map_exprs,
    map_exprs_of,
    map_stmts,
    subexprs,
    substitute,
    targets,
    vars_of,
    walk_exprs,
    walk_stmts,
)
from loopwright.passes.base import Applied, Example, Outcome, Pass, Refusal, Unchanged
from loopwright.passes.normalise_fold import fold

# ----------------------------------------------------------------- copies


@dataclass(frozen=True)
class _Bindings:
    """How often each symbol is bound, and which of them inside some loop."""

    count: Counter[Sym]
    looped: frozenset[Sym]

    def fixed(self, sym: Sym, params: frozenset[Sym]) -> bool:
        """The variable has one value from its definition on."""
        if sym in params:
            return self.count[sym] == 0
        return self.count[sym] == 1 and sym not in self.looped


def _bindings(func: Func) -> _Bindings:
    count = Counter(t for s in walk_stmts(func.body) for t in targets(s))
    looped: set[Sym] = set()
    for stmt in walk_stmts(func.body):
        if isinstance(stmt, For | While):
            looped.update(t for s in walk_stmts(stmt.body) for t in targets(s))
            if isinstance(stmt, For):
                looped.add(stmt.sym)
    return _Bindings(count, frozenset(looped))


def _propagate(func: Func) -> Func:
    """Replace scalars that are copies of constants and fixed variables, and known lengths."""
    params = frozenset(func.params)
    known = _bindings(func)
    values: dict[Sym, Expr] = {}
    shapes: dict[Sym, tuple[Expr, ...]] = {}

    def is_fixed(e: Expr) -> bool:
        match e:
            case Var(sym):
                return known.fixed(sym, params)
            case Dim(Var(sym), _, _):
                return sym in params and isinstance(sym.type, Array)
            case _:
                return isinstance(e, Const)

    for stmt in walk_stmts(func.body):
        if not isinstance(stmt, Assign) or known.count[stmt.sym] != 1 or stmt.sym in params:
            continue
        value = stmt.value
        plain = isinstance(value, Const | Var) and value.type == stmt.sym.type
        if plain and is_scalar(stmt.sym.type) and is_fixed(value):
            values[stmt.sym] = value
        elif isinstance(value, Alloc) and all(map(is_fixed, value.shape)):
            shapes[stmt.sym] = value.shape

    def resolve(e: Expr) -> Expr:
        while isinstance(e, Var) and e.sym in values:
            e = values[e.sym]
        return e

    def one(e: Expr) -> Expr:
        match e:
            case Var():
                return resolve(e)
            case Dim(Var(sym), axis, t) if sym in shapes and shapes[sym][axis].type == t:
                return resolve(shapes[sym][axis])
            case _:
                return fold(e)

    if any(
        isinstance(s, Append | Invoke) for s in walk_stmts(func.body)
    ):  # perhaps by another name
        shapes = {s: shape for s, shape in shapes.items() if not isinstance(s.type, ListOf)}
    return replace(func, body=map_exprs(func.body, lambda e: map_expr(e, one)))


# ------------------------------------------------------------- forwarding


def _uses(func: Func) -> Counter[Sym]:
    found = Counter(e.sym for e in walk_exprs(func.body) if isinstance(e, Var))
    for stmt in walk_stmts(func.body):
        if isinstance(stmt, Store | Append):
            found[stmt.x] += 2  # a name that is written through is never forwarded
        elif isinstance(stmt, Draw):
            found[stmt.rng] += 2
    return found


def _lazy(e: Expr, sym: Sym) -> bool:
    """Whether the only read of `sym` in `e` may be skipped."""
    match e:
        case Logic(_, a, b, _):
            return sym in vars_of(b) or _lazy(a, sym)
        case Select(cond, a, b, _):
            return sym in vars_of(a) | vars_of(b) or _lazy(cond, sym)
        case _:
            return any(_lazy(c, sym) for c in children(e))


def _transparent(stmt: Stmt, value: Expr, memory: Storages) -> bool:
    """`value` is the same before and after `stmt`, which does not leave the block."""
    if not isinstance(stmt, Assign | Store | Append | Check | Draw):
        return False
    if set(targets(stmt)) & vars_of(value):
        return False
    if isinstance(stmt, Store | Append):
        written = memory.of(stmt.x)
        reads = frozenset().union(*(memory.of(v) for v in vars_of(value)))
        return bool(written) and not written & reads
    return True


def _forward_block(
    body: Body, single: Callable[[Sym], bool], memory: Storages, done: list[str]
) -> Body:
    out = list(body)
    k = 0
    while k < len(out):
        stmt = out[k]
        if isinstance(stmt, Assign) and single(stmt.sym):
            m = _use_site(out, k, stmt, memory)
            if m is not None:
                out[m] = _replaced(out[m], stmt)
                del out[k]
                done.append(stmt.sym.name)
                continue
        k += 1
    return tuple(out)


def _replaced(user: Stmt, definition: Assign) -> Stmt:
    return map_exprs_of(user, lambda e: substitute(e, {definition.sym: definition.value}))


def _use_site(out: list[Stmt], k: int, stmt: Assign, memory: Storages) -> int | None:
    """Position of the statement that reads `stmt.sym` in an expression of its own."""
    for m in range(k + 1, len(out)):
        later = out[m]
        own = [] if isinstance(later, While) else exprs_of(later)
        reading = [e for e in own if stmt.sym in vars_of(e)]
        if reading:
            if any(_lazy(e, stmt.sym) for e in reading) and expr_may_fail(stmt.value):
                return None
            return m
        if not _transparent(later, stmt.value, memory):
            return None
    return None


def _forwardable(value: Expr) -> bool:
    """Fresh allocations keep their name; so do the operands of loops' bounds."""
    return not any(isinstance(e, Alloc) for e in subexprs(value)) and not (
        isinstance(value, Load) and holds_memory(value.type)
    )


def _forward(func: Func, done: list[str]) -> Func:
    memory = storages(func)
    uses, bound = _uses(func), _bindings(func).count
    values = {s.sym: s.value for s in walk_stmts(func.body) if isinstance(s, Assign)}

    def single(sym: Sym) -> bool:
        return (
            uses[sym] == 1
            and bound[sym] == 1
            and sym not in func.params
            and values[sym].type == sym.type
            and _forwardable(values[sym])
        )

    def blocks(body: Body) -> Body:
        body = tuple(map_bodies(s, blocks) for s in body)
        return _forward_block(body, single, memory, done)

    return replace(func, body=blocks(func.body))


# ---------------------------------------------------------------- removal


def _prune(func: Func) -> Func:
    read = {e.sym for e in walk_exprs(func.body) if isinstance(e, Var)}
    for stmt in walk_stmts(func.body):
        if isinstance(stmt, Store | Append):
            read.add(stmt.x)
        elif isinstance(stmt, Draw):
            read.add(stmt.rng)

    def one(stmt: Stmt) -> Iterable[Stmt]:
        match stmt:
            case Assign(sym, value, _) if sym not in read and not expr_may_fail(value):
                return ()
            case Assign(sym, Var(same), _) if sym is same:
                return ()
            case If(Const(value, _), then, orelse, _):
                return then if value else orelse
            case If(cond, (), (), _) if not expr_may_fail(cond):
                return ()
            case Check(Const(True, _), _, _):
                return ()
            case For(sym, lo, hi, Const(step, _), (), (), _) if sym not in read and step:
                return () if not any(map(expr_may_fail, (lo, hi))) else (stmt,)
            case _:
                return (stmt,)

    return replace(func, body=_reached(map_stmts(func.body, one)))


def _reached(body: Body) -> Body:
    """Without what follows a statement that leaves the block: a pruned branch may have set its variables."""
    for k, stmt in enumerate(body):
        if isinstance(stmt, Return | Fail | Break | Continue):
            body = body[: k + 1]
            break
    return tuple(map_bodies(stmt, _reached) for stmt in body)


def normalise(func: Func) -> Func:
    """`func` in normal form; the same object if nothing changes."""
    for _ in range(6):
        before = func
        func = _prune(_forward(_propagate(func), []))
        if func.body == before.body:
            return before
    return func


@dataclass(frozen=True)
class Normalise:
    name: ClassVar[str] = "normalise"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def centre(x: Annotated[NDArray[np.float64], "n"], n: int) -> None:
    half = 1 + 1
    m = n + 0
    for i in range(m):
        t = x[i] * half
        x[i] = t - x[0]
""",
            """\
def centre(n: int, x: float64[:]) -> None:
    for i in range(n):
        x[i] = x[i] * 2 - x[0]
    return
""",
        ),
        Example(
            """\
def first(x: Annotated[NDArray[np.float64], "n"]) -> float:
    y = np.zeros(len(x))
    if len(y) == len(x) + 0 and 2 > 1:
        return float(len(y))
    return 0.0
""",
            """\
def first(x: float64[:]) -> float:
    y = np.zeros(x.shape[0])
    return float(x.shape[0])
""",
        ),
    )

    def run(self, program: Program) -> Outcome:
        main = normalise(program.main)
        helpers = tuple(map(normalise, program.helpers))
        new = replace(program, main=main, helpers=helpers)
        same = main is program.main and all(
            a is b for a, b in zip(helpers, program.helpers, strict=True)
        )
        return Unchanged() if same else Applied(new)

    def space(self, program: Program) -> Iterator[Pass]:
        yield self
