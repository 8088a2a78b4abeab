"""Definite assignment: names that are bound on every path to a statement, and on some path.

A kernel's arguments are evaluated before the region, so a live-in must be bound on every path; a name that
is bound on no path is simply unset, and only "perhaps" is a hindrance.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from loopwright.frontend.names import bound_names, walk_scope

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Bound:
    """`surely` is None where no path leads (then every name counts as bound)."""

    surely: Names | None
    perhaps: Names

    def is_sure(self, name: str) -> bool:
        return self.surely is None or name in self.surely

    def is_open(self, name: str) -> bool:
        """Bound on some paths but not on all."""
        return name in self.perhaps and not self.is_sure(name)


def _join(a: Names | None, b: Names | None) -> Names | None:
    if a is None or b is None:
        return b if a is None else a
    return a & b


class Assigned:
    """`before[stmt]` tells what is bound there; `end` what is bound after the last statement.

    `passing` are functions that make context managers which let every exception pass: behind a `with` of
    them, what its body binds is bound.
    """

    def __init__(
        self, stmts: Sequence[ast.stmt], given: Names, passing: Names = frozenset()
    ) -> None:
        self._passing = passing
        self.before: dict[ast.stmt, Bound] = {}
        self._unstable = frozenset(
            name
            for stmt in stmts
            for part in (stmt, *walk_scope(stmt))
            for name in _unbound_by(part)
        )
        self._breaks: list[Names | None] = []
        self._perhaps = given
        end = self._block(stmts, given - self._unstable)
        self.end = Bound(end, self._perhaps)

    def _block(self, stmts: Sequence[ast.stmt], sure: Names | None) -> Names | None:
        for stmt in stmts:
            self.before[stmt] = Bound(sure, self._perhaps)
            sure = self._stmt(stmt, sure)
            self._perhaps |= frozenset(bound_names(stmt))
        return sure

    def _add(self, sure: Names | None, *nodes: ast.AST) -> Names | None:
        if sure is None:
            return None
        return sure | (frozenset(n for node in nodes for n in bound_names(node)) - self._unstable)

    def _passes(self, item: ast.withitem) -> bool:
        match item.context_expr:
            case ast.Call(ast.Name(name)):
                return name in self._passing
            case _:
                return False

    def _stmt(self, stmt: ast.stmt, sure: Names | None) -> Names | None:
        match stmt:
            case ast.Return() | ast.Raise() | ast.Continue():
                return None
            case ast.Break():
                self._breaks[-1] = _join(self._breaks[-1], sure)
                return None
            case ast.If(test, body, orelse):
                sure = self._walrus(sure, test)
                return _join(self._block(body, sure), self._block(orelse, sure))
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(stmt, sure)
            case ast.Try() | ast.TryStar():
                return self._try(stmt, sure)
            case ast.With(items, body) | ast.AsyncWith(items, body):
                sure = self._add(sure, *(i.optional_vars for i in items if i.optional_vars))
                after = self._block(body, sure)
                return after if all(map(self._passes, items)) else sure
            case ast.Match(subject, cases):
                sure = self._walrus(sure, subject)
                after = sure
                for case in cases:
                    after = _join(after, self._block(case.body, self._add(sure, case.pattern)))
                return after
            case ast.AnnAssign(value=None):
                return sure
            case ast.Assign(targets, value):
                return self._add(self._walrus(sure, value), *targets)
            case ast.AnnAssign(target) | ast.AugAssign(target):
                return self._add(sure, target)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return self._add(sure, stmt)
            case ast.Import() | ast.ImportFrom():
                return self._add(sure, stmt)
            case ast.Expr(value):
                return self._walrus(sure, value)
            case _:
                return sure

    def _walrus(self, sure: Names | None, value: ast.expr) -> Names | None:
        """Adds what `value` binds whenever it is evaluated."""
        match value:
            case ast.NamedExpr(ast.Name(), inner):
                return self._add(self._walrus(sure, inner), value.target)
            case ast.Compare(left, _, [first, *_]):
                return self._walrus(self._walrus(sure, left), first)
            case ast.BoolOp(_, [first, *_]):
                return self._walrus(sure, first)
            case ast.UnaryOp(_, operand):
                return self._walrus(sure, operand)
            case ast.BinOp(left, _, right):
                return self._walrus(self._walrus(sure, left), right)
            case _:
                return sure

    def _loop(self, loop: ast.For | ast.AsyncFor | ast.While, sure: Names | None) -> Names | None:
        self._perhaps |= frozenset(bound_names(loop))
        if isinstance(loop, ast.While):
            sure = self._walrus(sure, loop.test)
            inside = sure
            forever = isinstance(loop.test, ast.Constant) and bool(loop.test.value)
        else:
            inside, forever = self._add(sure, loop.target), False
        self._breaks.append(None)
        self._block(loop.body, inside)
        leave = self._block(loop.orelse, None if forever else sure)
        return _join(leave, self._breaks.pop())

    def _try(self, stmt: ast.Try | ast.TryStar, sure: Names | None) -> Names | None:
        end = self._block(stmt.orelse, self._block(stmt.body, sure))
        self._perhaps |= frozenset(n for part in stmt.body for n in bound_names(part))
        for handler in stmt.handlers:
            if handler.name:
                self._perhaps |= {handler.name}
            end = _join(end, self._block(handler.body, sure))
        if not stmt.finalbody:
            return end
        after = self._block(stmt.finalbody, sure)
        if after is None or end is None:
            return None
        return end | after


def _unbound_by(node: ast.AST) -> list[str]:
    """Names that `node` may unbind."""
    match node:
        case ast.Delete():
            return list(bound_names(node))
        case ast.ExceptHandler(_, str() as name):
            return [name]
        case _:
            return []
