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

from loopwright.ir.intrinsics import intrinsic, is_view
from loopwright.ir.nodes import (
    Append,
    Assign,
    Binary,
    Call,
    Cast,
    Check,
    Compare,
    Dim,
    Draw,
    Expr,
    Fail,
    Func,
    Invoke,
    Item,
    Load,
    Program,
    Reshape,
    Return,
    Select,
    Stmt,
    Store,
    Sym,
    Transpose,
    Tup,
    Unary,
    Var,
)
from loopwright.ir.types import Array, ListOf, Num, Type
from loopwright.ir.walk import exprs_of, subexprs, walk_stmts


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
        return _view_of(x, self.by_symbol)

    def overlap(self, x: Expr | Sym, y: Expr | Sym) -> bool:
        """False if the two can share no memory that is ever written."""
        return bool(self.of(x) & self.of(y))


Summaries = Mapping[str, Summary]
_UNKNOWN: Summaries = {}


def holds_memory(t: Type) -> bool:
    return isinstance(t, (Array, ListOf))


def _view_of(x: Expr, known: Mapping[Sym, frozenset[Storage]]) -> frozenset[Storage]:
    match x:
        case Var(sym):
            return known.get(sym, frozenset())
        case Load(base, _, _) | Transpose(base, _, _) | Reshape(base, _, _):
            return _view_of(base, known)
        case Call(fn, args, _) if is_view(fn):
            return _view_of(args[0], known)
        case Call("np.real" | "np.imag" | "np.conj", args, _):
            return _view_of(args[0], known)
        case Select(_, a, b, _):
            return _view_of(a, known) | _view_of(b, known)
        case Item(Tup(items, _), at, _):
            return _view_of(items[at], known)
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
                    new = _view_of(value, known) or frozenset({Storage(site=site)})
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
                    written |= _view_of(arg, known)
    return Storages(known, frozenset(read), frozenset(written))


def _returned(
    stmt: Invoke, known: Mapping[Sym, frozenset[Storage]], summaries: Summaries
) -> frozenset[Storage]:
    found: frozenset[Storage] = frozenset()
    for arg in passed(stmt, summaries, "returns"):
        found |= _view_of(arg, known)
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
        found[func.name] = _summary(func, found)
    return found


def _summary(func: Func, known: Summaries) -> Summary:
    s = storages(func, known)
    returned: frozenset[Storage] = frozenset()
    fails = draws = False
    for stmt in walk_stmts(func.body):
        fails = fails or may_fail(stmt, known)
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


def may_fail(stmt: Stmt, summaries: Summaries = _UNKNOWN) -> bool:
    """Whether the statement itself (nested blocks aside) can make the kernel give up."""
    match stmt:
        case Fail() | Check():
            return True
        case Store(_, index, _, _) if index and any(not _low(e) for e in exprs_of(stmt)):
            return True
        case Invoke():
            summary = summaries.get(stmt.func)
            return summary is None or summary.fails
        case _:
            return any(expr_may_fail(e) for e in exprs_of(stmt))


def _low(expr: Expr) -> bool:
    return all(isinstance(e.type, (Num, Array)) for e in subexprs(expr))


def expr_may_fail(expr: Expr) -> bool:
    """Whether evaluating the expression can fail, judged by its types alone (no ranges, no bounds).

    Low IR never fails; machine arithmetic on NumPy numbers of high IR does not either, but a `Load`
    there may be out of bounds.
    """
    return any(_node_may_fail(e) for e in subexprs(expr))


def _node_may_fail(e: Expr) -> bool:
    match e:
        case Binary(op, a, b, t):
            if isinstance(t, Array):
                return (op == "pow" and t.dtype[0] in "iu") or a.type != b.type
            if isinstance(t, Num):
                return op == "pow" and t.dtype[0] in "iu"
            return op in ("truediv", "floordiv", "mod", "pow", "lshift", "rshift")
        case Cast(x, t):
            return x.type != t and not _total_cast(x.type, t)
        case Call(fn, _, _):
            return intrinsic(fn).can_fail
        case Load(_, index, _):
            return bool(index) and not _low(e)
        case Compare() | Unary() | Dim() | Select():
            return False
        case _:
            return holds_memory(e.type) and not isinstance(e, Var)


def _total_cast(source: Type, to: Type) -> bool:
    wide = {"float", "complex", "bool", "float64", "complex128"}
    name = getattr(to, "kind", None) or getattr(to, "dtype", "")
    return name in wide
