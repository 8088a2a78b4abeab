"""Which loops do nothing but add floating-point numbers up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loopwright.analysis.effects import Storages
from loopwright.analysis.liveness import flow
from loopwright.ir.accumulate import accumulated, wraps
from loopwright.ir.nodes import (
    Assign,
    Binary,
    BinaryOp,
    Call,
    Const,
    Expr,
    For,
    Func,
    If,
    Load,
    Pt,
    Select,
    Stmt,
    Store,
    Sym,
    Var,
)
from loopwright.ir.types import F32, F64, FLOAT, I64, INT, Array, Num, Type, is_scalar
from loopwright.ir.walk import index_exprs, subexprs, vars_of, walk_exprs, walk_stmts

_QUICK = {
    "abs", "min2", "max2", "math.sqrt", "math.fabs", "np.sqrt", "np.absolute", "np.fabs", "np.square",
    "np.where", "np.isnan", "np.isfinite", "np.sign", "np.floor", "np.ceil",
}  # fmt: skip
"""Functions that processors have for vectors. A loop that calls others takes its time there."""
_FLOATS = (F64, F32, FLOAT)
_SLOW = ("pow", "mod", "floordiv")


@dataclass(frozen=True, slots=True)
class Sum:
    """`term` is added to `sym`, or subtracted. `place` stores the element that `sym` stands for, if any;
    `flag` is what is assigned if `sym`, which counts from 0, counts anything. `wraps` tells of an int64 that
    is added up modulo 2**64."""

    sym: Sym
    op: BinaryOp
    term: Expr
    place: Store | None = None
    flag: Assign | None = None
    wraps: bool = False

    @property
    def is_float(self) -> bool:
        return self.sym.type in _FLOATS

    @property
    def target(self) -> Sym:
        """The variable of the loop that this is about."""
        return self.sym if self.flag is None else self.flag.sym


@dataclass(frozen=True, slots=True)
class Adding:
    """A loop that only adds; `rest` are its other assignments, in order."""

    loop: For
    sums: tuple[Sum, ...]
    rest: tuple[Assign, ...]

    @property
    def values(self) -> list[Expr]:
        """What the loop computes."""
        return [*(a.value for a in self.rest), *(s.term for s in self.sums)]

    @property
    def inner(self) -> set[Sym]:
        """The variables of one iteration."""
        return {self.loop.sym, *(a.sym for a in self.rest)}


def adding(loop: For, func: Func, memory: Storages, shared: set[Sym]) -> Adding | str | None:
    """The loop, or why it is no plain sum; None if it adds no floating-point numbers up.

    `shared` are the sums of parallel loops around it.
    """
    found: list[Sum] = []
    rest: list[Assign] = []
    others = False
    for stmt in loop.body:
        some = _sums_of(stmt)
        if some:
            found += some
        elif isinstance(stmt, Assign) and is_scalar(stmt.sym.type):
            rest.append(stmt)
        else:
            others = True
    if not any(s.is_float for s in found) or any(isinstance(s, For) for s in walk_stmts(loop.body)):
        return None
    if others:
        return "it does more than to add numbers up"
    if not isinstance(loop.step, Const) or loop.step.value != 1 or loop.orelse:
        return "it has a step"
    known = Adding(loop, tuple(found), tuple(rest))
    threads = shared & {s.target for s in found}
    if threads:
        return f"`{_first(threads)}` is a sum of several threads"
    return _numbers(known) or _elements(known, memory) or _later(known, func) or known


def carried(loop: For) -> set[Sym]:
    """The variables that the iterations of a loop only change, as sums, and do not begin."""
    found = [s for s in walk_stmts(loop.body) if isinstance(s, Assign)]
    begun = {s.sym for s in found if s.sym not in vars_of(s.value)}
    return {s.sym for s in found} - begun


def worth(found: Adding) -> bool:
    """Whether vectors would help: elements are read one after the other, by operations that are quick."""
    exprs = [e for value in found.values for e in subexprs(value)]
    if any(isinstance(e, Call) and e.fn not in _QUICK for e in exprs):
        return False
    if any(isinstance(e, Binary) and e.op in _SLOW for e in exprs):
        return False
    return any(isinstance(e, Load) and found.loop.sym in vars_of(e) for e in exprs)


def _sums_of(stmt: Stmt) -> list[Sum]:
    """The sums of a statement that does nothing else; none if it does."""
    if not isinstance(stmt, If):
        one = _sum_of(stmt)
        return [] if one is None else [one]
    found = [_under(stmt.cond, inner) for inner in stmt.then]
    known = [one for one in found if one is not None]
    return known if len(known) == len(found) and not stmt.orelse else []


def _under(cond: Expr, stmt: Stmt) -> Sum | None:
    """A sum to which nothing is added where the condition does not hold."""
    match stmt:
        case Assign(sym, Const() as value, _):
            count = I64 if isinstance(sym.type, Num) else INT
            term = Select(cond, Const(1, count), Const(0, count), count)
            flag = Assign(sym, value, stmt.span)
            return Sum(Sym(f"{sym.name}_hits", count), "add", term, flag=flag)
        case _:
            one = _sum_of(stmt)
            if one is None or one.place is not None or one.op != "add":
                return None
            t = one.term.type  # -0.0 changes no floating-point number that it is added to
            nothing = Const(-0.0 if t in _FLOATS else 0, t)
            return replace(one, term=Select(cond, one.term, nothing, t))


def _sum_of(stmt: Stmt) -> Sum | None:
    match stmt:
        case Assign(sym, value):
            known = accumulated(value, sym)
            if known is None or not _adds_up(value.type, known[1].type, sym.type):
                return None
            return Sum(sym, known[0], known[1], wraps=wraps(value))
        case Store(x, index, Binary("add" | "sub" as op, Load(Var(same), place, _), term, t)):
            at = x is same and index == place and all(isinstance(item, Pt) for item in index)
            if at and isinstance(x.type, Array) and _adds_up(t, term.type, Num(x.type.dtype)):
                return Sum(Sym(f"{x.name}_at", t), op, term, stmt)
    return None


def _adds_up(*types: Type) -> bool:
    return types[0] in (*_FLOATS, I64, INT) and all(t == types[0] for t in types)


def _numbers(found: Adding) -> str:
    """Why the assignments are no sums and values of one iteration; "" if they are."""
    sums = [s.target for s in found.sums]
    bound = [a.sym for a in found.rest]
    if len({*sums, *bound, found.loop.sym}) < len(sums) + len(bound) + 1:
        return "a number is assigned twice"
    read = set[Sym]().union(*map(vars_of, found.values))
    if read & set(sums):
        return f"`{_first(read & set(sums))}` is also read"
    unbound = set(bound)
    for stmt in found.loop.body:
        late = {v for e in walk_exprs((stmt,)) for v in vars_of(e)} & unbound
        if late:
            return f"`{_first(late)}` is carried from one iteration to the next"
        if isinstance(stmt, Assign):
            unbound.discard(stmt.sym)
    return ""


def _elements(found: Adding, memory: Storages) -> str:
    """Why the elements that are sums cannot be kept in variables; "" if they can."""
    read = set[Sym]().union(*map(vars_of, found.values))
    changing = {*found.inner, *(s.target for s in found.sums)}
    stores = [s.place for s in found.sums if s.place is not None]
    for place in stores:
        if any(vars_of(e) & changing for e in index_exprs(place.index)):
            return f"it adds to more than one element of `{place.x.name}`"
        touched = [*read, *(other.x for other in stores if other is not place)]
        touched += [s for e in index_exprs(place.index) for s in vars_of(e)]
        if any(memory.overlap(place.x, x) for x in touched if isinstance(x.type, Array)):
            return f"`{place.x.name}` is also read"
    return ""


def _later(found: Adding, func: Func) -> str:
    """Why the values of the last iteration matter; "" if they do not."""
    late = set(flow(func, found.loop).after) & found.inner
    return f"`{_first(late)}` of the last iteration is used later" if late else ""


def _first(symbols: Sequence[Sym] | set[Sym]) -> str:
    return min(s.name for s in symbols)
