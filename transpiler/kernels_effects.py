"""What a dispatch function must know about a kernel: which parameters it writes, whether it may give up
when it has begun to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loopwright.analysis.effects import summarise
from loopwright.analysis.late import gives_up_late
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Expr,
    Func,
    Invoke,
    Program,
    Reduce,
    Return,
    Stmt,
    Sym,
    Unary,
    Var,
)
from loopwright.ir.types import Array, kind_of
from loopwright.ir.walk import children, exprs_of, subexprs, vars_of, walk_stmts


@dataclass(frozen=True, slots=True)
class Effects:
    """`written`, `ordered` and `likened` are parameter numbers; `fails_late`: the kernel may give up after it
    has changed something.

    The result depends on the memory order of the `ordered`, because NumPy sums floating-point arrays of
    several axes in the order in which they lie in memory; one axis, with whatever stride, it sums in the
    order of the positions. Of the `likened` no memory is summed but that of new arrays which arithmetic made
    of them: there the axes lie in the order that they have in the operands, without gaps between the rows.
    """

    written: frozenset[int]
    fails_late: bool
    draws: bool
    ordered: frozenset[int]
    likened: frozenset[int]


def effects_of(original: Program, emitted: Program) -> Effects:
    """Effects of the kernel `emitted`, made from `original` with the same parameters."""
    before, after = summarise(original)[original.main.name], summarise(emitted)[emitted.main.name]
    ordered, likened = _in_order(original)
    return Effects(
        written=before.writes | after.writes | {refill.param for refill in original.refills},
        fails_late=gives_up_late(emitted),
        draws=before.draws or after.draws,
        ordered=ordered,
        likened=likened,
    )


def _in_order(program: Program) -> tuple[frozenset[int], frozenset[int]]:
    """The parameters whose memory may be summed, in its order, and those like which an array is made whose
    memory is."""
    functions = {func.name: func for func in (*program.helpers, program.main)}
    comes_from: dict[Sym, list[Memory]] = {}
    summed = Memory(set(), set())
    for func in functions.values():
        for stmt in walk_stmts(func.body):
            for sym, memory in _memories(stmt, functions):
                comes_from.setdefault(sym, []).append(memory)
            for expr in exprs_of(stmt):
                for part in subexprs(expr):
                    if _in_memory_order(part):
                        summed.add(_memory(part))
    todo = [(sym, True) for sym in summed.itself] + [(sym, False) for sym in summed.like]
    while todo:
        sym, itself = todo.pop()
        for memory in comes_from.get(sym, ()):
            todo += summed.add(memory if itself else Memory(set(), memory.itself | memory.like))
    numbered = list(enumerate(program.main.params))
    ordered = frozenset(k for k, sym in numbered if sym in summed.itself)
    return ordered, frozenset(k for k, sym in numbered if sym in summed.like) - ordered


@dataclass(frozen=True, slots=True)
class Memory:
    """Where the memory of a value comes from: it may be that of the arrays `itself`, or be a new one whose
    axes lie in the order of the arrays `like`."""

    itself: set[Sym]
    like: set[Sym]

    def add(self, other: Memory) -> list[tuple[Sym, bool]]:
        """Take in `other`; what is new, with whether it is the array itself."""
        new = [(sym, True) for sym in other.itself - self.itself]
        new += [(sym, False) for sym in other.like - self.like]
        self.itself.update(other.itself)
        self.like.update(other.like)
        return new


def _memory(e: Expr) -> Memory:
    """A length counts, too: it may stand for the array that a new one was made like."""
    match e:
        case Unary() | Binary():
            return Memory(set(), vars_of(e))
        case Var(sym):
            return Memory({sym}, set())
        case _:
            found = Memory(set(), set())
            for child in children(e):
                found.add(_memory(child))
            return found


def _memories(stmt: Stmt, functions: dict[str, Func]) -> Iterator[tuple[Sym, Memory]]:
    """Variables, and where the memory of their values may come from."""
    match stmt:
        case Assign(sym, value):
            yield sym, _memory(value)
        case Invoke(targets, name, args):
            func = functions[name]
            for param, arg in zip(func.params, args, strict=True):
                yield param, _memory(arg)
            given = [e for s in walk_stmts(func.body) if isinstance(s, Return) for e in exprs_of(s)]
            for sym in targets:
                for e in given:
                    yield sym, _memory(e)


def _in_memory_order(e: Expr) -> bool:
    match e:
        case Reduce("sum" | "prod", x, _, _, _):
            t = x.type
            return isinstance(t, Array) and t.ndim > 1 and kind_of(t.dtype) in "fc"
        case _:
            return False
