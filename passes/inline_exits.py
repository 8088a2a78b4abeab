"""A helper with one exit: returns inside branches become assignments that the end of the body returns.

What follows an `if` that returns on one side moves to its other side; where both sides may go on it is
copied to both, if it is short. A return inside a loop stays, and so does one of an array: two arrays
behind one name would be one to every analysis.
"""

from __future__ import annotations

from dataclasses import replace

from loopwright.ir.nodes import Assign, Fail, For, Func, If, Return, Stmt, Sym, Var, While
from loopwright.ir.types import Num, Py
from loopwright.ir.walk import Body, fresh, symbols, walk_stmts

COPIED = 4
"""Statements that may be copied to both sides of a branch."""


def single_exit(func: Func) -> Func | None:
    """`func` with one Return, as its last statement; None if there is no such form."""
    if not all(isinstance(t, Num | Py) for t in func.results):
        return None
    taken = {s.name for s in symbols(func)}
    results: list[Sym] = []
    for t in func.results:
        results.append(fresh("r", t, taken))
        taken.add(results[-1].name)
    body = _without_returns(func.body, results)
    if body is None:
        return None
    last = Return(tuple(Var(sym) for sym in results), func.span)
    return replace(func, body=(*body, last))


def _without_returns(body: Body, results: list[Sym]) -> Body | None:
    for k, stmt in enumerate(body):
        match stmt:
            case Return(values, span):
                pairs = zip(results, values, strict=True)
                return (*body[:k], *(Assign(sym, value, span) for sym, value in pairs))
            case Fail():
                return body[: k + 1]
            case If(_, then, orelse, _) if _returns(stmt):
                rest = body[k + 1 :]
                goes_on = [side for side in (then, orelse) if not _ends(side)]
                if len(goes_on) == 2 and sum(1 for _ in walk_stmts(rest)) > COPIED:
                    return None
                one, two = (
                    _without_returns(side if _ends(side) else (*side, *rest), results)
                    for side in (then, orelse)
                )
                if one is None or two is None:
                    return None
                return (*body[:k], replace(stmt, then=one, orelse=two))
            case For() | While() if _returns(stmt):
                return None
            case _:
                pass
    return body


def _returns(stmt: Stmt) -> bool:
    return any(isinstance(s, Return) for s in walk_stmts((stmt,)))


def _ends(body: Body) -> bool:
    """No statement after `body` would run."""
    if not body:
        return False
    match body[-1]:
        case Return() | Fail():
            return True
        case If(_, then, orelse, _):
            return _ends(then) and _ends(orelse)
        case _:
            return False
