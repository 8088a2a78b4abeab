"""What a function touches: storages, aliases, reads, writes, and what may fail.

A *storage* is memory that arrays of the function may refer to: that of a parameter, or of a place
where the function makes a new array. `Storages.of` gives for an array-valued expression every storage
that it may refer to, views and re-bound names included (flow-insensitive, so a superset). Two
expressions whose storages are disjoint share no memory, because the guard demands that a written
parameter overlaps no other (`ir.domain`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from loopwright.ir.intrinsics import intrinsic, is_view
from loopwright.ir.nodes import (
    Append,
    Assign,
    Binary,
    Call,
    Cast,
    Check,
    Compare,
    Const,
    Dim,
    Draw,
    Expr,
    Fail,
    Func,
    Invoke,
    Item,
    Load,
    Logic,
    NewAxis,
    Program,
    Reshape,
    Return,
    Select,
    Slc,
    Stmt,
    Store,
    Sym,
    Transpose,
    Tup,
    Unary,
    Var,
)
from loopwright.ir.types import Array, ListOf, Num, Py, Type
from loopwright.ir.walk import calls_itself, exprs_of, subexprs, walk_stmts


@dataclass(frozen=True, slots=True)
class Storage:
    """Memory of parameter number `param`, or made at the `site`-th statement that makes an array."""

    param: int | None = None
    site: int | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What callers of a function must know, by parameter number. `returns` are the parameters that a
    result may share memory with."""

    reads: frozenset[int]
    writes: frozenset[int]
    returns: frozenset[int]
    fails: bool
    draws: bool


@dataclass(frozen=True, eq=False)
class Storages:
    """`read` and `written` are the storages that loads and stores (also in called functions) reach."""

    by_symbol: Mapping[Sym, frozenset[Storage]]
    read: frozenset[Storage]
    written: frozenset[Storage]

    def of(self, x: Expr | Sym) -> frozenset[Storage]:
        """Storages that an array-valued expression may refer to; empty for a new array."""
        if isinstance(x, Sym):
            return self.by_symbol.get(x, frozenset())
        return view_of(x, self.by_symbol)

    def overlap(self, x: Expr | Sym, y: Expr | Sym) -> bool:
        """False if the two can share no memory that is ever written."""
        return bool(self.of(x) & self.of(y))


Summaries = Mapping[str, Summary]
_UNKNOWN: Summaries = {}


def holds_memory(t: Type) -> bool:
    return isinstance(t, (Array, ListOf))


def view_of(x: Expr, known: Mapping[Sym, frozenset[Storage]]) -> frozenset[Storage]:
    """The memory that the value of `x` lies in, if it is not new, for the memory of variables."""
    match x:
        case Var(sym):
            return known.get(sym, frozenset())
        case Load(_, (Slc(), *_), ListOf(_, 1)):
            return frozenset()
        case Load(base, _, _) | Transpose(base, _, _) | Reshape(base, _, _):
            return view_of(base, known)
        case Call(fn, args, _) if is_view(fn):
            return view_of(args[0], known)
        case Call("np.real" | "np.imag" | "np.conj", args, _):
            return view_of(args[0], known)
        case Select(_, a, b, _):
            return view_of(a, known) | view_of(b, known)
        case Item(Tup(items, _), at, _):
            return view_of(items[at], known)
        case _:
            return frozenset()


def storages(func: Func, summaries: Summaries = _UNKNOWN) -> Storages:
    """Aliases and memory effects of one function. A called function without a summary is taken to
    read and write all arrays that it gets, and to return any of them."""
    known: dict[Sym, frozenset[Storage]] = {
        p: frozenset({Storage(param=k)}) for k, p in enumerate(func.params) if holds_memory(p.type)
    }
    statements = tuple(walk_stmts(func.body))
    while True:
        before = dict(known)
        for site, stmt in enumerate(statements):
            match stmt:
                case Assign(sym, value, _) if holds_memory(sym.type):
                    new = view_of(value, known) or frozenset({Storage(site=site)})
                    known[sym] = known.get(sym, frozenset()) | new
                case Invoke():
                    new = _returned(stmt, known, summaries) | {Storage(site=site)}
                    for target in stmt.targets:
                        if holds_memory(target.type):
                            known[target] = known.get(target, frozenset()) | new
        if known == before:
            break
    read: set[Storage] = set()
    written: set[Storage] = set()
    for stmt in statements:
        for expr in exprs_of(stmt):
            for e in subexprs(expr):
                if isinstance(e, Var) and holds_memory(e.type):
                    read |= known.get(e.sym, frozenset())
        match stmt:
            case Store() | Append():
                written |= known.get(stmt.x, frozenset())
            case Invoke():
                for arg in passed(stmt, summaries, "writes"):
                    written |= view_of(arg, known)
    return Storages(known, frozenset(read), frozenset(written))


def _returned(
    stmt: Invoke, known: Mapping[Sym, frozenset[Storage]], summaries: Summaries
) -> frozenset[Storage]:
    found: frozenset[Storage] = frozenset()
    for arg in passed(stmt, summaries, "returns"):
        found |= view_of(arg, known)
    return found


def passed(stmt: Invoke, summaries: Summaries, what: str) -> tuple[Expr, ...]:
    """The array arguments that the called function `reads`, `writes` or `returns`."""
    summary = summaries.get(stmt.func)
    return tuple(
        arg
        for k, arg in enumerate(stmt.args)
        if holds_memory(arg.type) and (summary is None or k in getattr(summary, what))
    )


def summarise(program: Program) -> dict[str, Summary]:
    """A summary of each helper (and of the main function), callees first."""
    found: dict[str, Summary] = {}
    for func in (*program.helpers, program.main):
        if calls_itself(func):
            found[func.name] = Summary(frozenset(), frozenset(), frozenset(), False, False)
            while (more := _summary(func, found)) != found[func.name]:
                found[func.name] = more
        else:
            found[func.name] = _summary(func, found)
    return found


def _summary(func: Func, known: Summaries) -> Summary:
    s = storages(func, known)
    returned: frozenset[Storage] = frozenset()
    fails = draws = False
    for stmt in walk_stmts(func.body):
        fails = fails or may_fail(stmt, func.level, known)
        match stmt:
            case Return(values, _):
                for value in values:
                    returned |= s.of(value) if holds_memory(value.type) else frozenset()
            case Draw():
                draws = True
            case Invoke():
                draws = draws or stmt.func not in known or known[stmt.func].draws
    return Summary(_params(s.read), _params(s.written), _params(returned), fails, draws)


def _params(of: frozenset[Storage]) -> frozenset[int]:
    return frozenset(s.param for s in of if s.param is not None)


def may_fail(
    stmt: Stmt, level: Literal["high", "low"] = "high", summaries: Summaries = _UNKNOWN
) -> bool:
    """Whether the statement itself (nested blocks aside) can make the kernel give up, judged by its
    types alone: an index may be out of range in high IR."""
    match stmt:
        case Fail() | Check():
            return True
        case Invoke():
            summary = summaries.get(stmt.func)
            return summary is None or summary.fails
        case _ if level == "low":
            return False
        case Store() | Append() | Draw():
            return True
        case _:
            return any(expr_may_fail(e) for e in exprs_of(stmt))


def expr_may_fail(expr: Expr) -> bool:
    """Whether evaluating a high-level expression can fail, judged by its types alone."""
    return any(_node_may_fail(e) for e in subexprs(expr))


def _node_may_fail(e: Expr) -> bool:
    match e:
        case Binary(op, a, b, Num(dtype) | Array(dtype)):
            weak = isinstance(a.type, Py) != isinstance(b.type, Py) and dtype[0] in "iu"
            lengths = isinstance(a.type, Array) and isinstance(b.type, Array)
            return weak or lengths or (op == "pow" and dtype[0] in "iu")
        case Binary(op, _, _, t):
            if t == Py("complex"):
                return op not in ("add", "sub", "mul")
            return op in ("truediv", "floordiv", "mod", "pow", "lshift", "rshift")
        case Compare(_, a, b, _):
            return isinstance(a.type, Array) and isinstance(b.type, Array)
        case Cast(x, t):
            return x.type != t and not _total_cast(x.type, t)
        case Call("abs", (x,), _):
            return x.type == Py("complex")
        case Call(fn, _, t):
            return intrinsic(fn).can_fail or isinstance(t, Array)
        case Load(_, index, t):
            return any(not isinstance(i, (Slc, NewAxis)) for i in index)
        case Const() | Var() | Unary() | Logic() | Select() | Dim() | Transpose():
            return False
        case Tup() | Item():
            return False
        case _:
            return True


def _total_cast(source: Type, to: Type) -> bool:
    """Conversions that always succeed: to bool, and from real numbers to floats."""
    if isinstance(source, (Array, ListOf)) or isinstance(to, (Array, ListOf)):
        return False
    target = to.kind if isinstance(to, Py) else to.dtype if isinstance(to, Num) else ""
    complex_source = source in (Py("complex"), Num("complex64"), Num("complex128"))
    if target == "bool" or target.startswith("complex"):
        return True
    return target.startswith("float") and not complex_source
