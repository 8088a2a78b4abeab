"""What the backends for compiled code must know about a whole low-level program: which functions can
give up, which arrays are written, and how narrow an index is from below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loopwright.emit.draws import guard
from loopwright.ir.intrinsics import is_view
from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Call,
    Check,
    Const,
    Dim,
    Draw,
    Expr,
    Fail,
    For,
    Func,
    Invoke,
    Load,
    Program,
    Reshape,
    Select,
    Store,
    Sym,
    Transpose,
    Var,
    While,
)
from loopwright.ir.types import Array, Num
from loopwright.ir.walk import assigned, targets, vars_of, walk_stmts

_INLINED = 150
"""Statements that may be repeated for the calls of one function."""


def functions(program: Program) -> tuple[Func, ...]:
    """All functions, callees first."""
    return (*program.helpers, program.main)


def fallible(program: Program) -> frozenset[str]:
    """Names of the functions that can give up, by themselves or through a callee."""
    found: set[str] = set()
    for func in functions(program):
        for stmt in walk_stmts(func.body):
            match stmt:
                case Fail() | Check():
                    found.add(func.name)
                case Draw() if guard(stmt) is not None:
                    found.add(func.name)
                case Invoke(_, callee, _, _) if callee in found:
                    found.add(func.name)
    return frozenset(found)


def inlined(program: Program) -> frozenset[str]:
    """Names of the helpers with arrays for parameters that loops call at few places: to hand arrays over
    takes longer than what small functions do with them."""
    sites: dict[str, int] = {}
    looped: set[str] = set()
    for func in functions(program):
        for stmt in walk_stmts(func.body):
            if isinstance(stmt, Invoke):
                sites[stmt.func] = sites.get(stmt.func, 0) + 1
            elif isinstance(stmt, (For, While)):
                looped |= {s.func for s in walk_stmts(stmt.body) if isinstance(s, Invoke)}
    return frozenset(f.name for f in program.helpers if f.name in looped and _is_small(f, sites))


def _is_small(func: Func, sites: Mapping[str, int]) -> bool:
    arrays = any(isinstance(p.type, Array) for p in func.params)
    own = list(walk_stmts(func.body))
    calls = any(isinstance(s, Invoke) for s in own)
    threads = func.reorders or any(isinstance(s, For) and s.parallel for s in own)
    return arrays and not calls and not threads and sites[func.name] * len(own) <= _INLINED


def viewed(expr: Expr) -> Sym | None:
    """The array whose storage the value of `expr` shares, if it is a variable or a view of one."""
    match expr:
        case Var(sym) if isinstance(sym.type, Array):
            return sym
        case Load(x, _, Array()) | Transpose(x, _, _) | Reshape(x, _, _):
            return viewed(x)
        case Call(fn, (x, *_), _) if is_view(fn):
            return viewed(x)
        case Select(_, a, b, Array()):
            return viewed(a) or viewed(b)
        case _:
            return None


def sources(func: Func) -> dict[Sym, set[Sym]]:
    """For each array variable of the function the variables that its storage may come from."""
    links: dict[Sym, set[Sym]] = {}
    for stmt in walk_stmts(func.body):
        if isinstance(stmt, Assign) and (root := viewed(stmt.value)) is not None:
            links.setdefault(stmt.sym, set()).add(root)
    return links


def reach(start: Iterable[Sym], links: Mapping[Sym, set[Sym]]) -> set[Sym]:
    """`start` and everything that the links lead to."""
    found: set[Sym] = set()
    todo = list(start)
    while todo:
        sym = todo.pop()
        if sym not in found:
            found.add(sym)
            todo.extend(links.get(sym, ()))
    return found


def written(program: Program) -> dict[str, frozenset[Sym]]:
    """For each function the array variables whose storage it stores into, through views and callees.

    A parameter that is not among them may be bound to a read-only array.
    """
    result: dict[str, frozenset[Sym]] = {}
    params = {f.name: f.params for f in functions(program)}
    for func in functions(program):
        result[func.name] = frozenset()
        while (found := _written(func, params, result)) != result[func.name]:
            result[func.name] = found
    return result


def _written(
    func: Func, params: Mapping[str, tuple[Sym, ...]], known: Mapping[str, frozenset[Sym]]
) -> frozenset[Sym]:
    """The answer for one function; `known` are those for the functions that it calls."""
    direct: set[Sym] = set()
    for stmt in walk_stmts(func.body):
        match stmt:
            case Store():
                direct.add(stmt.x)
            case Invoke(_, callee, args, _):
                for param, arg in zip(params[callee], args, strict=True):
                    root = viewed(arg)
                    if root is not None and param in known[callee]:
                        direct.add(root)
    return frozenset(reach(direct, sources(func)))


class Floors:
    """Lower bounds of integers while a function is printed: loop variables that count up, lengths, and
    variables that are set once from such.

    Sums are taken not to leave 64 bits, because lengths and trip counts are far below.
    """

    def __init__(self, func: Func) -> None:
        self._known: dict[Sym, int] = {}
        self._once = _set_once(func)

    def enter(self, loop: For) -> None:
        """The loop's body begins."""
        self._known.pop(loop.sym, None)
        low = self.of(loop.lo)
        match loop.step:
            case Const(value=int() as step) if step > 0 and low is not None:
                if loop.sym not in assigned(loop.body):
                    self._known[loop.sym] = low

    def leave(self, loop: For) -> None:
        """The loop's body has ended."""
        self._known.pop(loop.sym, None)

    def natural(self, *exprs: Expr) -> bool:
        """True if none of the values is negative."""
        return all(low is not None and low >= 0 for low in map(self.of, exprs))

    def of(self, expr: Expr) -> int | None:
        """A constant that the value never falls below, if one is evident."""
        match expr:
            case Const(value=int() as value):
                return int(value)
            case Var(sym) if sym in self._known:
                return self._known[sym]
            case Var(sym) if sym in self._once:
                return self.of(self._once[sym])
            case Binary("add", a, b, _) if _wide(expr):
                low, other = self.of(a), self.of(b)
                return None if low is None or other is None else low + other
            case Binary("sub", a, Const(value=int() as c), _) if _wide(expr):
                low = self.of(a)
                return None if low is None else low - c
            case Binary("floordiv", a, b, _):
                return 0 if self.natural(a, b) else None
            case Binary("mod", _, b, _):
                low = self.of(b)
                return 0 if low is not None and low > 0 else None
            case Dim():
                return 0
            case _:
                return None


def _wide(expr: Expr) -> bool:
    return expr.type == Num("int64")


def _set_once(func: Func) -> dict[Sym, Expr]:
    """Variables with one assignment, whose operands do not change either."""
    count: dict[Sym, int] = dict.fromkeys(func.params, 1)
    values: dict[Sym, Expr] = {}
    for stmt in walk_stmts(func.body):
        for sym in targets(stmt):
            count[sym] = count.get(sym, 0) + 1
        if isinstance(stmt, Assign):
            values[stmt.sym] = stmt.value
    return {
        sym: value
        for sym, value in values.items()
        if count[sym] == 1 and all(count.get(v, 0) == 1 for v in vars_of(value))
    }


def read_only(func: Func, stores: frozenset[Sym]) -> frozenset[Sym]:
    """Array variables that may hold a parameter's storage which the function does not write."""
    links = sources(func)
    kept = {p for p in func.params if isinstance(p.type, Array) and p not in stores}
    return frozenset(s for s in {*links, *kept} if s not in stores and kept & reach((s,), links))


def own_arrays(func: Func) -> frozenset[Sym]:
    """Variables that only ever hold whole arrays which the function allocates."""
    links = sources(func)
    params = set(func.params)
    views = {
        s.sym
        for s in walk_stmts(func.body)
        if isinstance(s, Assign)
        and isinstance(s.sym.type, Array)
        and not isinstance(s.value, Alloc)
    }
    made = {
        s.sym for s in walk_stmts(func.body) if isinstance(s, Assign) and isinstance(s.value, Alloc)
    }
    return frozenset(s for s in made - views - params if not links.get(s))
