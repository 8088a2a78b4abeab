"""Variables that only grow by small steps.

A set of int variables and int lists *grows slowly* if each value assigned to a member is at most a
member, or a number below 2**48 that does not depend on them, plus or minus at most 1024. After N
executed statements no member exceeds 2**48 + 1024 * N. No run executes 2**52 statements (at 10**9 a
second that takes 52 days), so members stay within `GROWN` and their arithmetic needs no check.
"""

from __future__ import annotations

from collections.abc import Mapping

from loopwright.analysis.effects import Storage, Storages
from loopwright.analysis.interval import Interval, magnitude
from loopwright.ir.domain import INT_LIMIT
from loopwright.ir.nodes import (
    Alloc,
    Append,
    Assign,
    Binary,
    Call,
    Cast,
    Compare,
    Const,
    Dim,
    Draw,
    Expr,
    For,
    Func,
    Invoke,
    Load,
    Logic,
    Select,
    Store,
    Sym,
    Unary,
    Var,
)
from loopwright.ir.types import ListOf, Num, Py
from loopwright.ir.walk import walk_stmts

STEPS = 2**52
STEP_MAX = 1024
BASE_MAX = 2**48
GROWN = Interval(-(STEPS * STEP_MAX + BASE_MAX), STEPS * STEP_MAX + BASE_MAX)

_SHORT = frozenset({"int8", "int16", "int32", "uint8", "uint16", "uint32"})
_ZERO = Const(0, Py("int"))

Member = Sym | Storage


def growing(func: Func, storages: Storages, ints: Mapping[Sym, Interval]) -> frozenset[Member]:
    """The largest set that grows slowly: symbols of type int, storages of lists of ints."""
    assignments = _assignments(func, storages)
    fixed = {p for p in func.params if p.type == Py("int")}
    fixed = {
        p for p in fixed if magnitude(ints.get(p, Interval(-INT_LIMIT, INT_LIMIT))) <= BASE_MAX
    }
    members: set[Member] = {m for m, value in assignments} | fixed
    members -= {p for p in func.params if p.type == Py("int")} - fixed
    for k, p in enumerate(func.params):
        if p.type != ListOf(Py("int"), getattr(p.type, "ndim", 1)):
            continue
        bound = ints.get(p, Interval(-INT_LIMIT, INT_LIMIT))
        if magnitude(bound) <= BASE_MAX:
            members.add(Storage(param=k))
        else:
            members.discard(Storage(param=k))
    while True:
        bad = {
            m for m, value in assignments if m in members and not _slow(value, members, storages)
        }
        if not bad:
            return frozenset(members)
        members -= bad


def _assignments(func: Func, storages: Storages) -> list[tuple[Member, Expr | None]]:
    """Every change of a candidate; None for a change that is not understood."""
    found: list[tuple[Member, Expr | None]] = []
    for stmt in walk_stmts(func.body):
        match stmt:
            case Assign(sym, value, _) if sym.type == Py("int"):
                found.append((sym, value))
            case Assign(sym, value, _) if isinstance(sym.type, ListOf):
                fill = value.fill or _ZERO if isinstance(value, Alloc) else None
                if not storages.of(value):
                    found.extend((s, fill) for s in storages.of(sym) if s.param is None)
            case For() if stmt.sym.type == Py("int"):
                found.extend(((stmt.sym, stmt.lo), (stmt.sym, stmt.hi)))
            case Store(x, _, value, _) | Append(x, value, _):
                found.extend((s, value) for s in storages.of(x))
            case Invoke():
                found.extend((t, None) for t in stmt.targets if t.type == Py("int"))
                for arg in stmt.args:
                    found.extend((s, None) for s in storages.of(arg))
                for target in stmt.targets:
                    found.extend((s, None) for s in storages.of(target))
            case Draw():
                found.append((stmt.target, None))
    return found


def _slow(value: Expr | None, members: set[Member], storages: Storages) -> bool:
    if value is None:
        return False
    step = _step(value, members, storages)
    return step is not None and step <= STEP_MAX


def _step(e: Expr, members: set[Member], storages: Storages) -> int | None:
    """By how much |e| may exceed both the greatest member and BASE_MAX; None if by anything."""

    def most(*parts: Expr) -> int | None:
        steps = [_step(p, members, storages) for p in parts]
        return None if None in steps else max(s for s in steps if s is not None)

    small = _small(e)
    if small is not None:
        return 0
    match e:
        case Const(int() as c, _):
            return 0 if abs(c) <= BASE_MAX else None
        case Var(sym):
            return 0 if sym in members else None
        case Dim():
            return 0
        case Load(x, _, Py("int")):
            roots = storages.of(x)
            return 0 if roots and roots <= members else None
        case Binary(("add" | "sub"), a, b, Py("int")):
            for x, y in ((a, b), (b, a)):
                by = _small(y)
                step = most(x) if by is not None else None
                if by is not None and step is not None:
                    return step + by
            return None
        case Binary("floordiv", a, _, Py("int")) | Unary(("neg" | "pos"), a, Py("int")):
            return most(a)
        case Binary("mod", _, b, Py("int")):
            return most(b)
        case Call(("min2" | "max2"), args, Py("int")) | Call("abs", args, Py("int")):
            return most(*args)
        case Select(_, a, b, Py("int")):
            return most(a, b)
        case Cast(x, Py("int")):
            if isinstance(x.type, Num) and x.type.dtype in (
                "int8",
                "int16",
                "int32",
                "uint8",
                "uint16",
                "uint32",
            ):
                return 0
            return most(x) if x.type == Py("int") else None
        case _:
            return None


def _small(e: Expr) -> int | None:
    """A bound of |e| that holds whatever its variables are, if it is at most STEP_MAX."""
    if e.type in (Py("bool"), Num("bool")):
        return 1
    match e:
        case Const(int() as c, Py("int")) if abs(c) <= STEP_MAX:
            return abs(c)
        case Compare() | Logic():
            return 1
        case Select(_, a, b, Py("int")):
            x, y = _small(a), _small(b)
            return None if x is None or y is None else max(x, y)
        case Cast(x, Py("int")) if x.type in (Py("bool"), Py("int"), Num("bool")):
            return _small(x)
        case Unary("neg", x, Py("int")):
            return _small(x)
        case _:
            return None
