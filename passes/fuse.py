"""Neighbouring loops over the same range become one, and temporaries that then live within one
iteration become scalars.

Legality of fusion. Let the first loop touch an element in iteration `p` and the second in iteration `q`,
one of them writing. Alone, the first comes first; fused, it does so if `p <= q`. Here that is shown for
accesses of one variable that have `loop variable + constant` on one axis, never negative (a negative index
would wrap): the constant of the first loop is not less than that of the second. Arrays that may share
memory without being one variable, scalars that one loop sets and the other uses, calls, draws, and ways
out of the loops prevent it. Allocations, checks and lengths between the loops move up.

Legality of contraction. The array does not leave the function, every access is at the same index, made of
variables of loops around it that run over the whole axis, and the first access of an iteration is a store
that always happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from loopwright.analysis.effects import Storages, Summaries, passed, storages, summarise
from loopwright.diagnostics import Declined
from loopwright.ir.check import leaves
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Check,
    Continue,
    Dim,
    Draw,
    Expr,
    Fancy,
    For,
    Func,
    If,
    IndexItem,
    Invoke,
    Load,
    NewAxis,
    Program,
    Pt,
    Return,
    Stmt,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import Array, ListOf
from loopwright.ir.walk import (
    Body,
    assigned,
    children,
    exprs_of,
    index_exprs,
    map_bodies,
    rename,
    stored,
    subexprs,
    targets,
    used,
    vars_of,
    walk_exprs,
    walk_stmts,
)
from loopwright.passes.base import Applied, Example, Outcome, Refusal, Unchanged
from loopwright.passes.fuse_contract import contracted
from loopwright.passes.scalarise_ints import affine, const_of, integer, nonnegative, plus, same
from loopwright.passes.scalarise_scope import scope_of


@dataclass(frozen=True, slots=True)
class Fuse:
    """No options."""

    name: ClassVar[str] = "fuse"
    bitwise: ClassVar[bool] = True
    examples: ClassVar[tuple[Example | Refusal, ...]] = (
        Example(
            """\
def both(x: Annotated[NDArray[np.float64], "n"], y: Annotated[NDArray[np.float64], "n"]) -> None:
    for i in range(len(x)):
        y[i] = x[i] * 2.0
    for i in range(len(x)):
        x[i] = y[i] + 1.0
""",
            """\
def both(x: float64[:], y: float64[:]) -> None:
    for i in range(x.shape[0]):
        y[i] = x[i] * 2.0
        x[i] = y[i] + 1.0
    return
""",
        ),
    )

    def run(self, program: Program) -> Outcome:
        summaries = summarise(program)
        notes: list[str] = []
        declined: list[Declined] = []
        functions: list[Func] = []
        for func in (*program.helpers, program.main):
            fuser = _Fuser(func, storages(func, summaries), summaries, func is program.main)
            body = fuser.block(func.body)
            done = contracted(replace(func, body=body))
            notes.extend(fuser.notes)
            notes.extend(f"`{sym.name}` became a scalar" for sym in done.arrays)
            declined.extend(fuser.declined)
            functions.append(done.func)
        if not notes:
            return Unchanged(tuple(declined))
        result = replace(program, main=functions[-1], helpers=tuple(functions[:-1]))
        return Applied(result, tuple(notes))

    def space(self, program: Program) -> Iterator[Fuse]:
        yield self


@dataclass(frozen=True, slots=True)
class Access:
    """An access to an element or a part; `write` if it stores."""

    sym: Sym
    index: tuple[IndexItem, ...]
    write: bool


class _Fuser:
    """Fuses the loops of one function."""

    def __init__(self, func: Func, memory: Storages, summaries: Summaries, is_main: bool) -> None:
        self.func = func
        self.summaries = summaries
        self.memory = memory
        self.scope = scope_of(func, {}, is_main)
        self.notes: list[str] = []
        self.declined: list[Declined] = []

    def block(self, body: Body) -> Body:
        """The block with loops fused, outermost ones first."""
        done: list[Stmt] = []
        for stmt in body:
            if (isinstance(stmt, For) and not self.append(done, stmt)) or not isinstance(stmt, For):
                done.append(stmt)
        return tuple(map_bodies(s, self.block) for s in done)

    def append(self, done: list[Stmt], second: For) -> bool:
        """Fuse `second` with the last loop of `done`, over statements that may move up."""
        at = len(done) - 1
        while at >= 0 and not isinstance(done[at], For):
            at -= 1
        if at < 0:
            return False
        first = done[at]
        assert isinstance(first, For)
        between = done[at + 1 :]
        if not self.same_range(first, second) or not self.related(first, second):
            return False
        reason = _moves(first, between) or self.prevented(first, second)
        if reason is not None:
            self.declined.append(Declined(second.span, "LW245", reason))
            return False
        body = (*first.body, *rename(second.body, {second.sym: first.sym}))
        done[at:] = [*between, replace(first, body=body)]
        self.notes.append(f"loops over `{first.sym.name}` and `{second.sym.name}` fused")
        return True

    def same_range(self, first: For, second: For) -> bool:
        """Equal bounds that the first loop does not change."""
        changed = assigned((first,))
        for a, b in ((first.lo, second.lo), (first.hi, second.hi), (first.step, second.step)):
            if vars_of(b) & changed or any(isinstance(e, Load) for e in subexprs(b)):
                return False
            if not same(self.scope.canonical(a), self.scope.canonical(b)):
                return False
        return not first.orelse and not second.orelse and not first.parallel | second.parallel

    def related(self, first: For, second: For) -> bool:
        """Fusion pays if both loops touch one array."""
        arrays = (Array, ListOf)
        ours = {s for s in used(first.body) if isinstance(s.type, arrays)}
        return any(s in ours for s in used(second.body))

    def prevented(self, first: For, second: For) -> str | None:
        """Why fusion would change the meaning, or None."""
        for loop in (first, second):
            if leaves(loop.body) or any(isinstance(s, Return) for s in walk_stmts(loop.body)):
                return "a loop may end early"
            if loop.sym in assigned(loop.body):
                return f"`{loop.sym.name}` is bound in its loop"
        if _skips(first.body):
            return "`continue` in the first loop"
        if all(any(isinstance(s, Draw) for s in walk_stmts(x.body)) for x in (first, second)):
            return "both loops draw random numbers"
        if second.sym is not first.sym and self.lives_outside(second):
            return f"`{second.sym.name}` is used behind its loop"
        ours, theirs = assigned(first.body), assigned(second.body)
        shared = ours & (theirs | used(second.body)) | theirs & used(first.body)
        if shared or first.sym in theirs or second.sym in ours:
            names = ", ".join(sorted(s.name for s in shared or {first.sym}))
            return f"`{names}` carries a value from one loop to the other"
        return self.conflict(first, second)

    def lives_outside(self, loop: For) -> bool:
        """True if something outside its body reads the loop variable."""
        inside = sum(isinstance(e, Var) and e.sym is loop.sym for e in walk_exprs(loop.body))
        whole = sum(isinstance(e, Var) and e.sym is loop.sym for e in walk_exprs(self.func.body))
        bindings = sum(loop.sym in targets(s) for s in walk_stmts(self.func.body))
        return whole != inside or bindings != 1

    def conflict(self, first: For, second: For) -> str | None:
        """An array whose accesses would change their order."""
        for a in accesses(first.body):
            for b in accesses(second.body):
                if not (a.write or b.write) or not self.memory.overlap(a.sym, b.sym):
                    continue
                if a.sym is not b.sym:
                    return f"`{a.sym.name}` and `{b.sym.name}` may share memory"
                if not _in_order(first, second, a, b):
                    return f"an iteration would use `{a.sym.name}` of another"
        for one, other in ((first, second), (second, first)):
            if x := self.meeting(_whole_uses(one.body), stored(other.body)):
                return f"`{x.name}` is used as a whole"
            if x := self.meeting(self.reshaped(one.body), _memory_in(used(other.body))):
                return f"`{x.name}` is changed as a whole"
        return None

    def meeting(self, ours: set[Sym], theirs: set[Sym]) -> Sym | None:
        """An array of one set that may share memory with one of the other set."""
        for x in sorted(ours, key=lambda s: s.name):
            if any(self.memory.overlap(x, y) for y in theirs):
                return x
        return None

    def reshaped(self, body: Body) -> set[Sym]:
        """Lists that the block appends to, and what a called function may store into."""
        found: set[Sym] = set()
        for stmt in walk_stmts(body):
            match stmt:
                case Append(x, _, _):
                    found.add(x)
                case Invoke():
                    for arg in passed(stmt, self.summaries, "writes"):
                        found |= _memory_in(vars_of(arg))
                case _:
                    pass
        return found


def _memory_in(syms: set[Sym]) -> set[Sym]:
    return {s for s in syms if isinstance(s.type, (Array, ListOf))}


def _whole_uses(body: Body) -> set[Sym]:
    """Arrays and lists that the block uses in another way than by elements and rows."""
    return {s for stmt in walk_stmts(body) for e in exprs_of(stmt) for s in _whole(e)}


def _whole(expr: Expr) -> set[Sym]:
    """Arrays and lists in the expression whose elements are not named one by one."""
    match expr:
        case Load(Var(), index, _) if any(isinstance(item, Pt) for item in index):
            return {s for e in index_exprs(index) for s in _whole(e)}
        case Var(sym):
            return {sym} if isinstance(sym.type, (Array, ListOf)) else set()
        case Dim(Var(), _, _):
            return set()
        case _:
            return {s for e in children(expr) for s in _whole(e)}


def _skips(body: Body) -> bool:
    """True if the block holds a `continue` of the loop around it."""
    for stmt in body:
        match stmt:
            case Continue():
                return True
            case If(_, then, orelse, _) if _skips(then) or _skips(orelse):
                return True
            case _:
                pass
    return False


def accesses(body: Body) -> list[Access]:
    """Accesses of a block to elements and to views."""
    found = [
        Access(e.x.sym, e.index, False)
        for e in walk_exprs(body)
        if isinstance(e, Load) and isinstance(e.x, Var)
    ]
    found.extend(Access(s.x, s.index, True) for s in walk_stmts(body) if isinstance(s, Store))
    return found


def _in_order(first: For, second: For, a: Access, b: Access) -> bool:
    """True if no element is touched by a later iteration of the first loop than of the second."""
    step, lo = const_of(first.step), first.lo
    if step is None or step <= 0:
        return False
    for x, y in zip(_axes(a.index), _axes(b.index), strict=False):
        if not (isinstance(x, Pt) and isinstance(y, Pt)):
            continue
        ours, theirs = _offset(x.at, first.sym), _offset(y.at, second.sym)
        if ours is None or theirs is None:
            continue
        least = min(ours, theirs)
        start = plus(lo, integer(least))
        if ours >= theirs and nonnegative(start, lambda _: False):
            return True
    return False


def _axes(index: tuple[IndexItem, ...]) -> list[IndexItem]:
    """The items of an index that stand for axes, up to an index array."""
    found: list[IndexItem] = []
    for item in index:
        if isinstance(item, Fancy):
            break
        if not isinstance(item, NewAxis):
            found.append(item)
    return found


def _offset(at: Expr, sym: Sym) -> int | None:
    """c, if the position is `sym + c`."""
    form = affine(at)
    return form.const if form.terms == ((Var(sym), 1),) else None


def _moves(first: For, between: list[Stmt]) -> str | None:
    """Why a statement between the loops cannot stand before them, or None."""
    changed = assigned((first,))
    touched = used((first,)) | changed
    for stmt in between:
        if not isinstance(stmt, (Assign, Check)):
            return "a statement stands between the loops"
        reads = {s for e in exprs_of(stmt) for s in vars_of(e)}
        loads = any(isinstance(e, Load) for x in exprs_of(stmt) for e in subexprs(x))
        whole = any(_whole(e) for e in exprs_of(stmt))
        if reads & changed or loads or whole or set(targets(stmt)) & touched:
            return "a statement between the loops needs the first"
        if isinstance(stmt, Assign) and not _free(stmt.value):
            return "a statement stands between the loops"
    return None


def _free(value: Expr) -> bool:
    """True for allocations and scalar values that read no memory."""
    return isinstance(value, Alloc) or not isinstance(value.type, (Array, ListOf))
