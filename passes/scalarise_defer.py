"""Which array assignments need not be computed: their elements are computed where they are used.

`d = X[i] - Y[j]; s = np.sum(d * d)` needs no array `d`. The value may wait if the name is bound once,
if nothing is stored into it, if all its uses stand in the statements behind it in the same block, look at
elements only, and read before anything changes that the value is made of, and if the elements are cheap.
"""

from __future__ import annotations

from collections import Counter

from loopwright.ir.intrinsics import TABLE
from loopwright.ir.nodes import (
    Append,
    Assign,
    Binary,
    Call,
    Cast,
    Compare,
    Dim,
    Expr,
    For,
    Func,
    If,
    Invoke,
    Load,
    Reduce,
    Stmt,
    Store,
    Sym,
    Unary,
    Var,
    While,
)
from loopwright.ir.types import Array
from loopwright.ir.walk import (
    Body,
    children,
    exprs_of,
    subexprs,
    targets,
    vars_of,
    walk_exprs,
    walk_stmts,
)
from loopwright.passes.scalarise_ints import ZERO
from loopwright.passes.scalarise_lazy import Lazy
from loopwright.passes.scalarise_scope import Scope

WORK = 4
"""The most operations that may be done again for one element, all uses taken together."""


def may_wait(
    scope: Scope, counts: Counter[Sym], stmt: Assign, lazy: Lazy, rest: Body, func: Func
) -> bool:
    """True if `stmt` can be left out because every use can compute the elements for itself."""
    sym = stmt.sym
    if counts[sym] != 1 or sym in func.params:
        return False
    total = sum(isinstance(e, Var) and e.sym is sym for e in walk_exprs(func.body))
    if total == 0 or total * max(lazy.cost, 1) > WORK or _stored_into(scope, sym, func):
        return False
    seen = 0
    reads = vars_of(lazy.at((ZERO,) * lazy.ndim))
    for length in lazy.shape:
        reads |= vars_of(length)
    for later in rest:
        here = 0
        for expr in exprs_of(later):
            count = _element_uses(expr, sym)
            if count is None:
                return False
            here += count
        seen += here
        if here and (isinstance(later, (For, While, Invoke)) or _keeps_array(later, sym)):
            return False
        if seen == total:
            return True
        if _changes(scope, later, reads):
            return False
    return False


def _stored_into(scope: Scope, sym: Sym, func: Func) -> bool:
    """True if a statement may store into the array, under its name or through a view."""
    return any(
        isinstance(s, Store) and (s.x is sym or scope.may_alias(s.x, sym))
        for s in walk_stmts(func.body)
    )


def _keeps_array(stmt: Stmt, sym: Sym) -> bool:
    """True if the statement needs the array as an object."""
    return any(isinstance(e, Var) and e.sym is sym for e in exprs_of(stmt)) and not isinstance(
        stmt, Store
    )


def _element_uses(expr: Expr, sym: Sym) -> int | None:
    """How often elements of `sym` are used; None if the whole array is."""
    if all(not (isinstance(e, Var) and e.sym is sym) for e in subexprs(expr)):
        return 0
    match expr:
        case Var():
            return 1
        case Unary() | Binary() | Compare() | Cast() | Reduce() | Load() | Dim():
            pass
        case Call(fn, _, _) if TABLE[fn].kind != "array":
            pass
        case _:
            return None
    total = 0
    for child in children(expr):
        count = _element_uses(child, sym)
        if count is None:
            return None
        total += count
    return total


def _changes(scope: Scope, stmt: Stmt, reads: set[Sym]) -> bool:
    """True if the statement may bind or store into what is read."""
    if isinstance(stmt, (For, While, If, Invoke)):
        return True
    if set(targets(stmt)) & reads:
        return True
    if isinstance(stmt, (Store, Append)):
        return any(scope.may_alias(stmt.x, s) for s in reads if isinstance(s.type, Array))
    return False
