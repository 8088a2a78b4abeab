"""Small arrays of a function's own that a C compiler can keep on the stack."""

from __future__ import annotations

import numpy as np

from loopwright.ir.nodes import Alloc, Assign, Const, Expr, For, Func, Load, Pt, Store, Sym, Var
from loopwright.ir.types import Array, machine_dtype
from loopwright.ir.walk import calls_itself, children, exprs_of, targets, walk_stmts

MOST_BYTES = 2**15
"""Of all such arrays of a function: threads other than the first may have a stack of half a megabyte."""


def stack_arrays(func: Func) -> dict[Sym, int]:
    """Arrays, with their lengths, that the function makes at its start, uninitialised and of one axis, and
    of which it only loads and stores elements. None if threads share a loop of it, or if it calls itself:
    the stack would have to hold the arrays of all calls."""
    statements = tuple(walk_stmts(func.body))
    if calls_itself(func) or any(isinstance(s, For) and s.parallel for s in statements):
        return {}
    found: dict[Sym, int] = {}
    for stmt in func.body:
        match stmt:
            case Assign(sym, Alloc((Const(int() as length, _),), None, _), _) if length > 0:
                found[sym] = length
    made = [t for s in statements for t in targets(s)]
    kept = {e for s in statements for x in exprs_of(s) for e in _whole(x)}
    kept |= {s.x for s in statements if isinstance(s, Store) and not _point(s.index)}
    found = {s: n for s, n in found.items() if made.count(s) == 1 and s not in kept}
    return found if sum(map(_bytes, found, found.values())) <= MOST_BYTES else {}


def _whole(e: Expr) -> set[Sym]:
    """The arrays of which more than elements are read."""
    match e:
        case Var(sym) if isinstance(sym.type, Array):
            return {sym}
        case Load(Var(), index, _) if _point(index):
            inner = [x for x in children(e) if x is not e.x]
        case _:
            inner = list(children(e))
    return {sym for x in inner for sym in _whole(x)}


def _point(index: tuple[object, ...]) -> bool:
    return all(isinstance(item, Pt) for item in index)


def _bytes(sym: Sym, length: int) -> int:
    assert isinstance(sym.type, Array)
    return np.dtype(machine_dtype(sym.type)).itemsize * length
