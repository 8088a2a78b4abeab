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
    Cast,
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
)
from loopwright.ir.types import Array, Num, kind_of
from loopwright.ir.walk import assigned, walk_stmts


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
        direct: set[Sym] = set()
        for stmt in walk_stmts(func.body):
            match stmt:
                case Store():
                    direct.add(stmt.x)
                case Invoke(_, callee, args, _):
                    for param, arg in zip(params[callee], args, strict=True):
                        root = viewed(arg)
                        if root is not None and param in result[callee]:
                            direct.add(root)
        result[func.name] = frozenset(reach(direct, sources(func)))
    return result


class Floors:
    """Lower bounds of integer variables while a body is printed: loop variables that count up."""

    def __init__(self) -> None:
        self._known: dict[Sym, int] = {}

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

    def of(self, expr: Expr) -> int | None:
        """A constant that the value never falls below, if one is evident."""
        match expr:
            case Const(value=int() as value):
                return int(value)
            case Var(sym):
                return self._known.get(sym, _least(expr))
            case Binary("add", a, b, _):
                return _both(self.of(a), self.of(b), lambda x, y: x + y)
            case Binary("sub", a, Const(value=int() as c), _):
                low = self.of(a)
                return None if low is None else low - c
            case Binary("mul" | "floordiv", a, b, _):
                low, other = self.of(a), self.of(b)
                return 0 if low is not None and other is not None and min(low, other) >= 0 else None
            case Binary("mod", _, b, _):
                low = self.of(b)
                return 0 if low is not None and low > 0 else None
            case Binary("minimum", a, b, _):
                return _both(self.of(a), self.of(b), min)
            case Dim():
                return 0
            case Cast(x, Num("int64" | "int32")) if isinstance(x.type, Num):
                return self.of(x) if kind_of(x.type.dtype) != "f" else None
            case _:
                return _least(expr)


def _least(expr: Expr) -> int | None:
    return 0 if isinstance(expr.type, Num) and kind_of(expr.type.dtype) in "ub" else None


def _both(a: int | None, b: int | None, f: object) -> int | None:
    if a is None or b is None:
        return None
    return f(a, b)  # type: ignore[operator, no-any-return]


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
