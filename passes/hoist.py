"""Move loop-invariant computations out of loops.

Legality: no variable of the expression is bound in the loop, no memory that it reads is written there,
and evaluating it when the loop would not have done so is harmless: it cannot fail, or it fails only by a
position that is itself a loop variable or a constant (then the kernel gives up for an input on which
the loop runs zero times, which costs nothing). An array-valued expression is moved only where its
result is read, never where it becomes a variable that is later written.

Profitability: the expression holds a call, a reduction, a contraction, a division, a power, or makes
an array; plain arithmetic on scalars is left to the machine-code compiler.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

from loopwright.analysis.effects import (
    Storages,
    Summaries,
    expr_may_fail,
    holds_memory,
    passed,
    storages,
    summarise,
)
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Binary,
    Call,
    Const,
    Contract,
    Expr,
    For,
    Func,
    Invoke,
    Load,
    Logic,
    Program,
    Pt,
    Reduce,
    Return,
    Scan,
    Select,
    Stmt,
    Store,
    Sym,
    Unary,
    Var,
    While,
)
from loopwright.ir.types import Array, ListOf
from loopwright.ir.walk import (
    Body,
    assigned,
    children,
    fresh,
    map_bodies,
    map_children,
    map_exprs_of,
    map_stmts,
    subexprs,
    symbols,
    vars_of,
    walk_stmts,
)
from loopwright.passes.base import Applied, Example, Outcome, Pass, Refusal, Unchanged


def _worth(e: Expr) -> bool:
    match e:
        case Call() | Reduce() | Contract() | Scan():
            return True
        case Binary(op, _, _, t):
            return op in ("truediv", "pow", "floordiv", "mod") or isinstance(t, Array)
        case Unary(_, _, t):
            return isinstance(t, Array)
        case _:
            return False


def _only_loads_fail(e: Expr) -> bool:
    """Every node that may fail is array code, or a Load at variables or constants >= 0."""
    for node in subexprs(e):
        if not expr_may_fail(node) or any(expr_may_fail(c) for c in children(node)):
            continue
        if isinstance(node, Reduce | Scan | Contract) or (
            isinstance(node.type, Array) and isinstance(node, Binary | Call)
        ):
            continue  # shapes that do not fit together fail in the first iteration as well
        if not isinstance(node, Load):
            return False
        for item in node.index:
            if isinstance(item, Pt) and not (
                isinstance(item.at, Var)
                or (
                    isinstance(item.at, Const)
                    and isinstance(item.at.value, int)
                    and item.at.value >= 0
                )
            ):
                return False
    return True


@dataclass
class _Loop:
    """What a loop changes, and what was moved out of it so far."""

    bound: set[Sym]
    written: frozenset[object]
    memory: Storages
    taken: set[str]
    opaque: bool
    moved: dict[tuple[Expr, str], Sym] = field(default_factory=dict)
    "keyed by the expression and its text, which tells 0.0 from -0.0"

    def invariant(self, e: Expr) -> bool:
        if vars_of(e) & self.bound:
            return False
        read = [v for v in vars_of(e) if holds_memory(v.type)]
        if read and self.opaque:
            return False
        return not any(self.memory.of(v) & self.written for v in read)

    def movable(self, e: Expr, certain: bool) -> bool:
        if isinstance(e, Const | Var) or any(isinstance(s, Alloc) for s in subexprs(e)):
            return False
        if not any(_worth(s) for s in subexprs(e)) or not self.invariant(e):
            return False
        if isinstance(e.type, Array) and isinstance(e, Load):
            return False
        return not expr_may_fail(e) or (certain and _only_loads_fail(e))

    def rewrite(self, e: Expr, certain: bool) -> Expr:
        """`e` with its largest movable parts replaced by variables.

        `certain`: the loop's first iteration evaluates `e`.
        """
        key = (e, repr(e))
        if key in self.moved:
            return Var(self.moved[key])
        if self.movable(e, certain):
            sym = fresh("fixed", e.type, self.taken)
            self.taken.add(sym.name)
            self.moved[key] = sym
            return Var(sym)
        return self.rewrite_inside(e, certain)

    def rewrite_inside(self, e: Expr, certain: bool) -> Expr:
        """Only proper parts of `e`."""
        match e:
            case Logic(_, a, b, _):
                return replace(e, a=self.rewrite(a, certain), b=self.rewrite(b, False))
            case Select(cond, a, b, t):
                return Select(
                    self.rewrite(cond, certain), self.rewrite(a, False), self.rewrite(b, False), t
                )
            case _:
                return map_children(e, lambda c: self.rewrite(c, certain))

    def _becomes_visible(self, stmt: Stmt) -> bool:
        """The statement's array value gets a name that is written through, or leaves the function.
        A list keeps its identity."""
        match stmt:
            case Assign(Sym(type=ListOf()), _, _) | Append():
                return True
            case Assign(sym, _, _):
                return holds_memory(sym.type) and bool(self.memory.of(sym) & self.memory.written)
            case Return() | Invoke():
                return True
            case _:
                return False

    def rewrite_stmt(self, stmt: Stmt, certain: bool) -> Stmt:
        f = self.rewrite_inside if self._becomes_visible(stmt) else self.rewrite
        stmt = map_exprs_of(stmt, lambda e: f(e, certain))
        return map_bodies(stmt, lambda b: tuple(self.rewrite_stmt(s, False) for s in b))


def _hoist_from(
    stmt: For | While, memory: Storages, taken: set[str], summaries: Summaries
) -> tuple[Body, Stmt]:
    inner = (stmt,)
    written: set[object] = set()
    opaque = False
    for s in walk_stmts(inner):
        match s:
            case Store() | Append():
                found = memory.of(s.x)
                opaque = opaque or not found
                written |= found
            case Invoke():
                for arg in passed(s, summaries, "writes"):
                    found = memory.of(arg)
                    opaque = opaque or not found
                    written |= found
    loop = _Loop(assigned(inner), frozenset(written), memory, taken, opaque)

    body = tuple(loop.rewrite_stmt(s, True) for s in stmt.body)
    changed: For | While = replace(stmt, body=body)
    if isinstance(changed, While):
        changed = replace(changed, cond=loop.rewrite(changed.cond, True))
    before = tuple(Assign(sym, e, stmt.span) for (e, _), sym in loop.moved.items())
    return before, changed


def _hoist(func: Func, summaries: Summaries, notes: list[str]) -> Func:
    memory = storages(func, summaries)
    taken = {s.name for s in symbols(func)}

    def one(stmt: Stmt) -> Iterable[Stmt]:
        if not isinstance(stmt, For | While):
            return (stmt,)
        before, changed = _hoist_from(stmt, memory, taken, summaries)
        if not before:
            return (stmt,)
        notes.append(f"moved {len(before)} out of the loop at line {stmt.span.line}")
        return (*before, changed)

    return replace(func, body=map_stmts(func.body, one))


@dataclass(frozen=True)
class Hoist:
    name: ClassVar[str] = "hoist"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def scale(x: Annotated[NDArray[np.float64], "n"], w: Annotated[NDArray[np.float64], "n"]) -> None:
    for i in range(len(x)):
        x[i] = x[i] / np.sqrt(np.sum(w))
""",
            """\
def scale(x: float64[:], w: float64[:]) -> None:
    fixed = np.sqrt(np.sum(w))
    for i in range(x.shape[0]):
        x[i] = x[i] / fixed
    return
""",
        ),
    )

    def run(self, program: Program) -> Outcome:
        notes: list[str] = []
        summaries: Summaries = dict(summarise(program))
        main = _hoist(program.main, summaries, notes)
        helpers = tuple(_hoist(h, summaries, notes) for h in program.helpers)
        if not notes:
            return Unchanged()
        return Applied(replace(program, main=main, helpers=helpers), tuple(notes))

    def space(self, program: Program) -> Iterator[Pass]:
        yield self
