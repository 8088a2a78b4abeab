"""Recognise and build reductions: sums, extremes with their positions, and searches.

A sum `s = s + e` adds in NumPy's order (pairwise, or that of the BLAS for sums of products), which is
at least as accurate as one by one; the kernel gives up if the result is not finite, where the orders may
part. Extremes take the first (or last) of equal elements, as the loop does, so that 0.0 and -0.0 stay
apart, and give up on NaN.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from loopwright.analysis.effects import Storages
from loopwright.ir.nodes import (
    Assign,
    Binary,
    Break,
    Call,
    Compare,
    Const,
    Expr,
    If,
    Load,
    Return,
    Slc,
    Stmt,
    Store,
    Sym,
    Var,
)
from loopwright.ir.walk import Body, exprs_of, index_exprs, subexprs, targets, vars_of, walk_stmts

_MIRROR = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}


@dataclass(frozen=True, slots=True)
class Sum:
    """`target = target op term`; `target` is a variable or an element."""

    target: Assign | Store
    op: Literal["add", "sub"]
    term: Expr
    old: Expr


@dataclass(frozen=True, slots=True)
class Extreme:
    """The greatest (or least) `value`, in `best`; `first` tells which of equal ones. `also` are bound
    where it is found."""

    best: Sym
    value: Expr
    op: Literal["max", "min"]
    first: bool
    also: tuple[Assign, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """`cond` holds in some iteration: `found` are bound there, in the first one if `stops`, where the
    function may also end by `leave`."""

    cond: Expr
    found: tuple[Assign, ...]
    stops: bool
    leave: Return | None = None


@dataclass(frozen=True, slots=True)
class Fold:
    """`m = np.maximum(m, value)`."""

    best: Sym
    value: Expr
    op: Literal["maximum", "minimum"]


@dataclass(frozen=True, slots=True)
class Flag:
    """`target` is set to one constant wherever it is set, and read only after the loop."""

    target: Assign


Reduction = Sum | Extreme | Search | Fold | Flag


def find(
    body: Body, changed: frozenset[Sym], handed_on: frozenset[Sym], memory: Storages
) -> dict[int, Reduction]:
    """Reductions of a loop body by the id of their statement.

    `changed` are the variables that the loop binds, its own included, `handed_on` those that it hands
    to its next iteration or to the code after it.
    """
    out: dict[int, Reduction] = {}
    reads, binds = _counts(body)
    for stmt in walk_stmts(body):
        found = _sum(stmt) or _fold(stmt)
        if found is not None:
            out[id(stmt)] = found
    _drop_impure(out, body, changed, memory)
    for stmt in walk_stmts(body):
        flag = _flag(stmt, body, reads) if set(targets(stmt)) & handed_on else None
        if flag is not None:
            out[id(stmt)] = flag
    for stmt in body:
        top = _extreme(stmt, reads, binds) or _search(stmt, reads, binds)
        if top is not None:
            out[id(stmt)] = top
    return out


def _counts(body: Body) -> tuple[Counter[Sym], Counter[Sym]]:
    reads: Counter[Sym] = Counter()
    binds: Counter[Sym] = Counter()
    for stmt in walk_stmts(body):
        binds.update(targets(stmt))
        for e in exprs_of(stmt):
            reads.update(x.sym for x in subexprs(e) if isinstance(x, Var))
    return reads, binds


def _sum(stmt: Stmt) -> Sum | None:
    if not isinstance(stmt, Assign | Store):
        return None
    match stmt.value:
        case Binary(("add" | "sub") as op, a, term, _) if _is_target(a, stmt):
            old = a
        case Binary("add" as op, term, b, _) if _is_target(b, stmt):
            old = b
        case _:
            return None
    if isinstance(stmt, Assign) and stmt.sym in vars_of(term):
        return None
    return Sum(stmt, "sub" if op == "sub" else "add", term, old)


def _is_target(e: Expr, stmt: Assign | Store) -> bool:
    """Whether `e` reads what the statement writes."""
    match e, stmt:
        case Var(a), Assign(sym, _, _):
            return a is sym
        case Load(Var(a), index, _), Store(x, place, _, _):
            return a is x and index == place
        case Var(a), Store(x, place, _, _):
            return a is x and all(item == Slc() for item in place)
        case _:
            return False


def _fold(stmt: Stmt) -> Reduction | None:
    match stmt:
        case Assign(m, Binary(("maximum" | "minimum") as op, Var(a), e, _)) if a is m:
            pass
        case Assign(m, Binary(("maximum" | "minimum") as op, e, Var(b), _)) if b is m:
            pass
        case Assign(m, Call(("max2" | "min2") as fn, (Var(a), e), _)) if a is m:
            if m in vars_of(e):
                return None
            return Extreme(m, e, "max" if fn == "max2" else "min", True, ())
        case Assign(m, Call(("max2" | "min2") as fn, (e, Var(b)), _)) if b is m:
            if m in vars_of(e):
                return None
            return Extreme(m, e, "max" if fn == "max2" else "min", False, ())
        case _:
            return None
    if m in vars_of(e):
        return None
    return Fold(m, e, "maximum" if op == "maximum" else "minimum")


def _accumulator(r: Reduction) -> Sym | tuple[Sym, object]:
    match r:
        case Sum(Store(x, index, _, _)):
            return x, index
        case Sum(Assign(sym, _, _)):
            return sym
        case Extreme(best, _, _, _, _) | Fold(best, _, _):
            return best
        case _:
            raise TypeError(r)


def _drop_impure(
    out: dict[int, Reduction], body: Body, changed: frozenset[Sym], memory: Storages
) -> None:
    """Forget reductions whose accumulator is read, bound or written elsewhere, or moves."""
    kinds: dict[object, set[str]] = {}
    for r in out.values():
        kinds.setdefault(_accumulator(r), set()).add(_kind(r))
    for stmt in walk_stmts(body):
        own = out.get(id(stmt))
        if isinstance(own, Sum) and isinstance(own.target, Store):
            bad = vars_of_index(own.target) & changed
            touching = memory.of(own.target.x)
            for other in walk_stmts(body):
                if _touches(other, out.get(id(other)), own, memory, touching):
                    bad = bad or {own.target.x}
            if bad:
                out.pop(id(stmt))
    for key, r in list(out.items()):
        acc = _accumulator(r)
        if isinstance(acc, tuple):
            continue
        clean = len(kinds[acc]) == 1 and _order_free(r, acc, out)
        for stmt in walk_stmts(body):
            mine = out.get(id(stmt))
            if mine is not None and _accumulator(mine) is acc:
                continue
            if acc in targets(stmt) or any(acc in vars_of(e) for e in exprs_of(stmt)):
                clean = False
        if not clean:
            out.pop(key)


def _order_free(r: Reduction, acc: Sym, out: dict[int, Reduction]) -> bool:
    """Several statements on one accumulator commute if they are sums; others must be alone."""
    same = [o for o in out.values() if _accumulator(o) is acc]
    return isinstance(r, Sum) or len(same) == 1


def _kind(r: Reduction) -> str:
    return type(r).__name__


def vars_of_index(stmt: Store) -> set[Sym]:
    return {v for e in index_exprs(stmt.index) for v in vars_of(e)}


def _touches(
    other: Stmt, found: Reduction | None, own: Sum, memory: Storages, touching: frozenset[object]
) -> bool:
    """Whether another statement (or the term) reads or writes the array of the accumulator."""
    assert isinstance(own.target, Store)
    x, index = own.target.x, own.target.index
    same = isinstance(other, Store) and other.x is x and other.index == index

    def meets(sym: Sym) -> bool:
        return sym is x or bool(memory.of(sym) & touching)

    if isinstance(found, Sum) and same:
        return any(meets(v) for v in vars_of(found.term))
    if isinstance(other, Store) and meets(other.x):
        return True
    return any(meets(v) for e in exprs_of(other) for v in vars_of(e))


# ------------------------------------------------------------------- choices


def _extreme(stmt: Stmt, reads: Counter[Sym], binds: Counter[Sym]) -> Extreme | None:
    """`if value > best: best = value; also...`"""
    match stmt:
        case If(Compare(op, a, b, _), then, (), _) if op in _MIRROR:
            pass
        case _:
            return None
    if not all(isinstance(s, Assign) for s in then):
        return None
    assigns = [s for s in then if isinstance(s, Assign)]
    for best, value, relation in ((b, a, op), (a, b, _MIRROR[op])):
        if not isinstance(best, Var):
            continue
        sets = [s for s in assigns if s.sym is best.sym]
        also = [s for s in assigns if s.sym is not best.sym]
        own = {s.sym for s in assigns}
        if len(sets) != 1 or sets[0].value != value or len(own) != len(assigns):
            continue
        if any(binds[s] != 1 for s in own) or reads[best.sym] != 1:
            continue
        if any(reads[s.sym] for s in also) or any(vars_of(s.value) & own for s in assigns):
            continue
        kind: Literal["max", "min"] = "max" if relation in ("gt", "ge") else "min"
        return Extreme(best.sym, value, kind, relation in ("gt", "lt"), tuple(also))
    return None


def _flag(stmt: Stmt, body: Body, reads: Counter[Sym]) -> Flag | None:
    match stmt:
        case Assign(sym, Const() as value, _) if not reads[sym]:
            same = [s for s in walk_stmts(body) if sym in targets(s)]
            plain = all(isinstance(s, Assign) and s.value == value for s in same)
            return Flag(stmt) if plain else None
        case _:
            return None


def _search(stmt: Stmt, reads: Counter[Sym], binds: Counter[Sym]) -> Search | None:
    """`if cond: found = ...`, perhaps with a `break`."""
    if not isinstance(stmt, If) or stmt.orelse or not stmt.then:
        return None
    last = stmt.then[-1]
    stops = isinstance(last, (Break, Return))
    sets = stmt.then[:-1] if stops else stmt.then
    found = tuple(s for s in sets if isinstance(s, Assign))
    if len(found) != len(sets) or len({s.sym for s in found}) != len(found):
        return None
    if any(binds[s.sym] != 1 or reads[s.sym] for s in found):
        return None
    leave = last if isinstance(last, Return) else None
    if leave is not None and {s.sym for s in found} & {v for e in leave.values for v in vars_of(e)}:
        return None
    return Search(stmt.cond, found, stops, leave)


__all__ = ["Extreme", "Flag", "Fold", "Reduction", "Search", "Sum", "find"]
