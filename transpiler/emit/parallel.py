"""Which loops marked parallel a backend may really share between threads, and what they reduce."""

from __future__ import annotations

from collections.abc import Mapping

from loopwright.ir.accumulate import accumulated
from loopwright.ir.intrinsics import LINALG
from loopwright.ir.nodes import (
    Assign,
    BinaryOp,
    Break,
    Call,
    Check,
    Const,
    Draw,
    Expr,
    Fail,
    For,
    Func,
    Invoke,
    Return,
    Stmt,
    Sym,
    While,
)
from loopwright.ir.walk import bodies, exprs_of, subexprs, vars_of, walk_stmts

REDUCTIONS: Mapping[BinaryOp, str] = {
    "add": "+=",
    "sub": "-=",
    "mul": "*=",
    "and": "&=",
    "or": "|=",
    "xor": "^=",
}


def reduced(stmt: Assign) -> tuple[str, Expr] | None:
    """`("+=", e)` for `s = s + e` and its like. The threads' parts are read by nobody before they are put
    together, so a signed sum of them serves for one that wraps."""
    found = accumulated(stmt.value, stmt.sym, REDUCTIONS)
    return None if found is None else (REDUCTIONS[found[0]], found[1])


def reductions(loop: For) -> dict[Sym, str]:
    """Variables of a parallel loop that every iteration only adds to (or the like)."""
    found: dict[Sym, str] = {}
    spoilt: set[Sym] = set()
    for stmt in walk_stmts(loop.body):
        if isinstance(stmt, Assign):
            match reduced(stmt):
                case (op, _):
                    if found.setdefault(stmt.sym, op) != op:
                        spoilt.add(stmt.sym)
                case _:
                    spoilt.add(stmt.sym)
    return {sym: op for sym, op in found.items() if sym not in spoilt}


def shares(loop: For, func: Func, unsafe: frozenset[str]) -> bool:
    """True if the loop is marked parallel and its body can run on several threads: it neither leaves
    the loop early nor may give up nor draws random numbers, and nobody reads its variable later."""
    if not loop.parallel or loop.orelse or not isinstance(loop.step, Const) or loop.step.value != 1:
        return False
    for stmt in walk_stmts(loop.body):
        match stmt:
            case Fail() | Check() | Return() | Draw():
                return False
            case Invoke(_, callee, _, _) if callee in unsafe:
                return False
        # an exception does not get out of a thread
        if any(isinstance(p, Call) and p.fn in LINALG for e in exprs_of(stmt) for p in subexprs(e)):
            return False
    return not _breaks(loop.body) and not _mentioned_outside(loop, func)


def _breaks(body: tuple[Stmt, ...]) -> bool:
    return any(
        isinstance(s, Break)
        or (not isinstance(s, (For, While)) and any(_breaks(b) for b in bodies(s)))
        for s in body
    )


def _mentioned_outside(loop: For, func: Func) -> bool:
    inside = {id(s) for s in walk_stmts(loop.body)}
    return any(_reads(stmt, loop.sym) for stmt in walk_stmts(func.body) if id(stmt) not in inside)


def _reads(stmt: Stmt, sym: Sym) -> bool:
    return any(sym in vars_of(e) for e in exprs_of(stmt))
