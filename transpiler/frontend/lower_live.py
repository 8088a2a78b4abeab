"""Which names are still read later: states that meet need only agree on those.

A backward analysis of the syntax tree (Aho, Lam, Sethi, Ullman, *Compilers*, 9.2.5). Attribute paths
are not names and always count as live, as do names that a nested function or a lambda reads.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

Names = frozenset[str]
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(slots=True)
class Liveness:
    """`after` maps the id of a statement to the names live behind it, `head` that of a loop to those
    live where an iteration starts (and where the loop condition is tested)."""

    after: dict[int, Names] = field(default_factory=dict)
    head: dict[int, Names] = field(default_factory=dict)
    always: Names = frozenset()


@lru_cache(maxsize=16384)
def reads(node: ast.AST) -> Names:
    """Names that evaluating the node may read."""
    return frozenset(
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
    )


@lru_cache(maxsize=16384)
def writes(node: ast.AST) -> Names:
    """Names that the node binds, nested functions left out."""
    found: set[str] = set()
    todo: list[ast.AST] = [node]
    while todo:
        n = todo.pop()
        if isinstance(n, ast.Name) and isinstance(n.ctx, (ast.Store, ast.Del)):
            found.add(n.id)
        elif isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(n.name)
            continue
        if isinstance(n, (ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)):
            found |= {w.target.id for w in ast.walk(n)
                      if isinstance(w, ast.NamedExpr) and isinstance(w.target, ast.Name)}  # fmt: skip
            continue
        todo.extend(ast.iter_child_nodes(n))
    return frozenset(found)


def liveness(body: Sequence[ast.stmt], at_end: Iterable[str] = ()) -> Liveness:
    """The analysis of a function body or a block; `at_end` is read behind it."""
    info = Liveness()
    nested = [n for s in body for n in ast.walk(s) if isinstance(n, _Function) or _is_kept(n)]
    info.always = frozenset(name for n in nested for name in reads(n))
    _block(info, body, frozenset(at_end), frozenset(), frozenset())
    return info


def _is_kept(node: ast.AST) -> bool:
    """Whether a name gets a generator, which reads other names when it is run over."""
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.GeneratorExp)


def _block(
    info: Liveness, body: Sequence[ast.stmt], after: Names, brk: Names, cont: Names
) -> Names:
    for stmt in reversed(body):
        info.after[id(stmt)] = after
        after = _stmt(info, stmt, after, brk, cont)
    return after


def _stmt(info: Liveness, stmt: ast.stmt, after: Names, brk: Names, cont: Names) -> Names:
    match stmt:
        case ast.Break():
            return brk
        case ast.Continue():
            return cont
        case ast.Return() | ast.Raise():
            return reads(stmt)
        case ast.If():
            then = _block(info, stmt.body, after, brk, cont)
            other = _block(info, stmt.orelse, after, brk, cont)
            return then | other | reads(stmt.test)
        case ast.For() | ast.While():
            return _loop(info, stmt, after, brk, cont)
        case ast.Try():
            for part in (stmt.finalbody, stmt.orelse, stmt.body):
                after = _block(info, part, after, brk, cont)
            return after
        case ast.With():
            return _block(info, stmt.body, after, brk, cont)
        case ast.Assign() | ast.AnnAssign():
            targets = stmt.targets if isinstance(stmt, ast.Assign) else [stmt.target]
            bound = (
                frozenset(n.id for t in targets for n in _plain(t))
                if stmt.value is not None
                else frozenset()
            )
            return (after - bound) | reads(stmt)
        case ast.AugAssign():
            return after | reads(stmt) | writes(stmt)
        case _:
            return after | reads(stmt)


def _plain(target: ast.expr) -> list[ast.Name]:
    if isinstance(target, ast.Name):
        return [target]
    if isinstance(target, (ast.Tuple, ast.List)):
        return [n for e in target.elts for n in _plain(e)]
    return []


def _loop(
    info: Liveness, stmt: ast.For | ast.While, after: Names, brk: Names, cont: Names
) -> Names:
    normal = _block(info, stmt.orelse, after, brk, cont)
    if isinstance(stmt, ast.While):
        fixed, bound, entry = reads(stmt.test), frozenset[str](), frozenset[str]()
    else:
        fixed, entry = reads(stmt.target), reads(stmt.iter)
        bound = frozenset(n.id for n in _plain(stmt.target))
    head = normal | fixed
    while True:
        inner = _block(info, stmt.body, head, after, head)
        wider = head | fixed | (inner - bound)
        if wider == head:
            break
        head = wider
    info.head[id(stmt)] = head
    return head | entry


def jumps_out(body: Sequence[ast.stmt], jump: type[ast.stmt]) -> bool:
    """Whether a `break` or `continue` of the loop itself is in its body."""
    for stmt in body:
        if isinstance(stmt, jump):
            return True
        match stmt:
            case ast.For(orelse=orelse) | ast.While(orelse=orelse):
                inner: list[Sequence[ast.stmt]] = [orelse]
            case ast.If(_, then, orelse):
                inner = [then, orelse]
            case ast.Try(block, handlers, orelse, last):
                inner = [block, *[h.body for h in handlers], orelse, last]
            case ast.With(_, block):
                inner = [block]
            case _:
                continue
        if any(jumps_out(part, jump) for part in inner):
            return True
    return False
