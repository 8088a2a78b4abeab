"""Variables that some path reads before it sets them.

The program never does so in a run (other variables tell whether they are set), but a compiler that
looks at paths alone asks for a value.
"""

from __future__ import annotations

from loopwright.ir.nodes import (
    Append,
    Break,
    Continue,
    Draw,
    Fail,
    For,
    Func,
    If,
    Return,
    Stmt,
    Store,
    Sym,
    While,
)
from loopwright.ir.walk import exprs_of, symbols, targets, vars_of


def maybe_unset(func: Func) -> tuple[Sym, ...]:
    """The variables, in the order of the text."""
    found: set[Sym] = set()
    _block(func.body, set(func.params), found)
    return tuple(sym for sym in symbols(func) if sym in found)


def _block(body: tuple[Stmt, ...], known: set[Sym], found: set[Sym]) -> set[Sym] | None:
    """Variables set at the end of the block, None if control never gets there; reads of others are
    put into `found`."""
    for stmt in body:
        after = _step(stmt, known, found)
        if after is None:
            return None
        known = after
    return known


def _step(stmt: Stmt, known: set[Sym], found: set[Sym]) -> set[Sym] | None:
    for expr in exprs_of(stmt):
        found |= vars_of(expr) - known
    match stmt:
        case Return() | Fail() | Break() | Continue():
            return None
        case Store() | Append():
            found |= {stmt.x} - known
        case Draw():
            found |= {stmt.rng} - known
        case For():
            _block(stmt.body, known | {stmt.sym}, found)
            _block(stmt.orelse, set(known), found)
            return known
        case While():
            _block(stmt.body, set(known), found)
            _block(stmt.orelse, set(known), found)
            return known
        case If():
            ends = [_block(b, set(known), found) for b in (stmt.then, stmt.orelse)]
            live = [end for end in ends if end is not None]
            return set.intersection(*live) if live else None
        case _:
            pass
    return known | set(targets(stmt))
