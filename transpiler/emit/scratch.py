"""Scratch arrays are allocated once, before the loops that use them.

Legality: an array that one statement allocates uninitialised, and that is only loaded from, stored
into, measured and lent to functions that return no array, is dead when it is allocated anew; its
storage serves again. The shape must be known before the loop. A loop shared between threads keeps its
arrays inside. Bitwise: no value depends on it.
"""

from __future__ import annotations

from dataclasses import replace

from loopwright.emit.flow import functions, viewed
from loopwright.ir.nodes import (
    Alloc,
    Assign,
    Binary,
    Const,
    Contract,
    Dim,
    Expr,
    For,
    Func,
    If,
    Invoke,
    Load,
    Program,
    Select,
    Stmt,
    Store,
    Sym,
    Var,
    While,
)
from loopwright.ir.types import Array
from loopwright.ir.walk import (
    assigned,
    children,
    exprs_of,
    map_stmts,
    subexprs,
    targets,
    vars_of,
    walk_stmts,
)

Body = tuple[Stmt, ...]


def reuse_scratch(program: Program) -> Program:
    """The program with its scratch arrays moved out of loops."""
    lends = {f.name for f in functions(program) if not any(isinstance(t, Array) for t in f.results)}
    main, *helpers = (
        replace(f, body=_block(f.body, set(f.params), _private(f, lends)))
        for f in (program.main, *program.helpers)
    )
    return replace(program, main=main, helpers=tuple(helpers))


def _private(func: Func, lends: set[str]) -> set[Sym]:
    """Variables that name one allocation each, whose storage nothing else can keep."""
    made: dict[Sym, int] = {}
    kept: set[Sym] = set()
    for stmt in walk_stmts(func.body):
        for sym in targets(stmt):
            made[sym] = made.get(sym, 0) + 1
            if not (isinstance(stmt, Assign) and _fresh(stmt.value)):
                kept.add(sym)
        if isinstance(stmt, Invoke) and stmt.func in lends:
            continue
        for expr in exprs_of(stmt):
            if isinstance(stmt, Store) and (expr is stmt.value) and viewed(expr) is not None:
                continue
            kept |= _handed_on(expr)
    return {sym for sym, times in made.items() if times == 1} - kept


def _fresh(e: Expr) -> bool:
    return isinstance(e, Alloc) and e.fill is None


def _handed_on(e: Expr) -> set[Sym]:
    """Arrays of which `e` may be, or hold, a lasting view: all that are neither read by element, nor
    measured, nor multiplied."""
    match e:
        case Load() if not isinstance(e.type, Array):
            inner = [x for x in children(e) if x is not e.x]
        case Dim() | Contract():
            inner = [x for x in children(e) if viewed(x) is None]
        case Var(sym) if isinstance(sym.type, Array):
            return {sym}
        case _:
            inner = list(children(e))
    return {sym for x in inner for sym in _handed_on(x)}


def _block(body: Body, known: set[Sym], private: set[Sym]) -> Body:
    """The block with the scratch arrays of its loops before them. `known` are variables that are set
    when the block begins."""
    out: list[Stmt] = []
    for stmt in body:
        match stmt:
            case For() | While():
                inside = known | set(targets(stmt))
                loop = replace(
                    stmt,
                    body=_block(stmt.body, inside, private),
                    orelse=_block(stmt.orelse, set(known), private),
                )
                if not (isinstance(loop, For) and loop.parallel):
                    moved, loop = _lift(loop, known, private)
                    out += moved
                    known = known | {sym for s in moved for sym in targets(s)}
                out.append(loop)
            case If(_, then, orelse, _):
                branches = [_block(b, set(known), private) for b in (then, orelse)]
                out.append(replace(stmt, then=branches[0], orelse=branches[1]))
            case _:
                out.append(stmt)
                known = known | set(targets(stmt))
    return tuple(out)


def _lift(loop: For | While, known: set[Sym], private: set[Sym]) -> tuple[list[Stmt], For | While]:
    """The allocations that can stand before the loop, and the loop without them."""
    changed = assigned((loop,))
    moved: list[Stmt] = []

    def keep(stmt: Stmt) -> Body:
        match stmt:
            case Assign(sym, Alloc(shape, None, _), _) if sym in private:
                if all(_steady(e, known - changed) for e in shape):
                    moved.append(stmt)
                    return ()
        return (stmt,)

    body = map_stmts(loop.body, keep)
    return moved, replace(loop, body=body)


def _steady(e: Expr, known: set[Sym]) -> bool:
    """True if the size is known there and computing it cannot go wrong."""
    plain = all(isinstance(x, (Const, Var, Dim, Binary, Select)) for x in subexprs(e))
    return plain and vars_of(e) <= known
