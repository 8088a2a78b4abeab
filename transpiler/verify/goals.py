"""What inputs ought to reach in a source text: statements, and both outcomes of every condition.

A condition is what decides where a program goes on: the test of an `if`, a loop, a conditional expression,
a comprehension or an `assert`; the parts of `and` and `or` each count by themselves (condition coverage in
the sense of Myers, The Art of Software Testing).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

Span = tuple[int, int, int, int]
Owner = tuple[str, int]
"""A function by its qualified name and first line."""

Role = Literal["branch", "assert", "value"]
_LONGEST = 70


@dataclass(frozen=True, slots=True)
class Goal:
    """The outcome `taken` of the condition at `span`, or that the statement there runs (`taken` is None).

    `number` is its place among the goals of the text; `parent` the goal without which it is out of reach;
    `raises` tells that nothing lies behind it but an exception. `role` is `value` for a comparison whose
    outcome is no branch but a value: a hint where to look, and nothing to be told.
    """

    number: int
    file: str
    line: int
    span: Span
    text: str
    taken: bool | None
    parent: int | None
    owners: tuple[Owner, ...]
    raises: bool = False
    role: Role = "branch"

    @property
    def what(self) -> str:
        """The finding that no input reached the goal, as a clause."""
        if self.taken is None:
            return "is never reached"
        return f"{self.text} is never {str(self.taken).lower()}"


def span_of(node: ast.stmt | ast.expr) -> Span:
    end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
    return (node.lineno, node.col_offset, *end)


def first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Where the code object of a function begins: at its first decorator."""
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])


def parts_of(test: ast.expr) -> list[tuple[ast.expr, bool]]:
    """The conditions of a test in order, each with whether it decides as it stands (or negated)."""
    match test:
        case ast.BoolOp(_, values):
            return [part for value in values for part in parts_of(value)]
        case ast.UnaryOp(ast.Not(), operand):
            return [(node, not plain) for node, plain in parts_of(operand)]
        case _:
            return [(test, True)]


def goals_of(tree: ast.Module, file: str) -> list[Goal]:
    """The goals of all functions of a text."""
    collector = _Collector(file)
    collector.block(tree.body, None)
    return collector.goals


@dataclass
class _Collector:
    file: str
    goals: list[Goal] = field(default_factory=list)
    owners: tuple[Owner, ...] = ()
    scope: str = ""

    # ---------------------------------------------------------- statements

    def block(self, body: list[ast.stmt], parent: int | None) -> None:
        for statement in body:
            parent = self.statement(statement, parent)

    def statement(self, node: ast.stmt, parent: int | None) -> int | None:
        """The goals of a statement; the number of the statement's own."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            here = self._mark(node, parent)
            self._function(node)
            return here
        if isinstance(node, ast.ClassDef):
            scope, self.scope = self.scope, f"{self.scope}{node.name}."
            self.block(node.body, parent)
            self.scope = scope
            return parent
        here = self._mark(node, parent)
        match node:
            case ast.If(test, body, orelse):
                self._decided(test, body, orelse, here)
            case ast.While(test, body, orelse):
                self._decided(test, body, [], here)
                self.block(orelse, here)
            case ast.Assert(test):
                self.test(test, here, role="assert")
            case ast.Try() | ast.TryStar():
                self.block(node.body, here)
                for handler in node.handlers:
                    self.block(handler.body, here)
                self.block(node.orelse, here)
                self.block(node.finalbody, here)
            case ast.Match(subject, arms):
                self.expression(subject, here)
                for arm in arms:
                    if arm.guard is not None:
                        self.test(arm.guard, here)
                    self.block(arm.body, here)
            case ast.For() | ast.AsyncFor():
                self.expression(node.iter, here)
                self.block(node.body, here)
                self.block(node.orelse, here)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self.expression(item.context_expr, here)
                self.block(node.body, here)
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.expression(child, here)
        return here

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        before = self._enter(node.name, first_line(node))
        body = node.body[1:] if ast.get_docstring(node, False) is not None else node.body
        self.block(body, None)
        self.owners, self.scope = before

    def _enter(self, name: str, line: int) -> tuple[tuple[Owner, ...], str]:
        """What follows belongs to the function `name`, too; the owners and the scope up to now."""
        before = self.owners, self.scope
        self.owners = (*self.owners, (self.scope + name, line))
        self.scope = f"{self.scope}{name}.<locals>."
        return before

    def _decided(
        self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt], parent: int | None
    ) -> None:
        yes, no = self.test(test, parent, then=body, other=orelse)
        self.block(body, parent if yes is None else yes)
        self.block(orelse, parent if no is None else no)

    # --------------------------------------------------------- expressions

    def test(
        self,
        node: ast.expr,
        parent: int | None,
        *,
        then: list[ast.stmt] | None = None,
        other: list[ast.stmt] | None = None,
        role: Role = "branch",
    ) -> tuple[int | None, int | None]:
        """The goals of a test; the numbers of those without which it is never true, and never false."""
        match node:
            case ast.BoolOp(op, values):
                also = isinstance(op, ast.And)
                for value in values:
                    yes, no = self.test(value, parent, then=then, other=other, role=role)
                    parent = yes if also else no
                return yes, no
            case ast.UnaryOp(ast.Not(), operand):
                yes, no = self.test(operand, parent, then=other, other=then, role=role)
                return no, yes
            case ast.Constant():
                return parent, parent
        if isinstance(node, ast.Compare):
            self._parts(node, parent)
        else:
            self.expression(node, parent)
        no, yes = (
            self._add(node, taken, parent, _only_raises(behind), role)
            for taken, behind in ((False, other), (True, then))
        )
        return yes, no

    def expression(self, node: ast.expr, parent: int | None) -> None:
        """The goals inside of an expression whose value is used."""
        match node:
            case ast.IfExp(test, body, orelse):
                yes, no = self.test(test, parent)
                self.expression(body, yes)
                self.expression(orelse, no)
            case ast.BoolOp(op, values):
                for value in values[:-1]:
                    yes, no = self.test(value, parent)
                    parent = yes if isinstance(op, ast.And) else no
                self.expression(values[-1], parent)
            case ast.Compare():
                self.test(node, parent, role="value")
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                for generator in node.generators:
                    self.expression(generator.iter, parent)
                    for each in generator.ifs:
                        parent, _ = self.test(each, parent)
                inner = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
                for part in inner:
                    self.expression(part, parent)
            case ast.Lambda(_, body):
                before = self._enter("<lambda>", node.lineno)
                self.expression(body, None)
                self.owners, self.scope = before
            case ast.JoinedStr():
                return
            case _:
                self._parts(node, parent)

    def _parts(self, node: ast.expr, parent: int | None) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.expression(child, parent)
            elif isinstance(child, ast.keyword):
                self.expression(child.value, parent)

    # ---------------------------------------------------------------- goals

    def _mark(self, node: ast.stmt, parent: int | None) -> int | None:
        if isinstance(node, ast.Global | ast.Nonlocal):
            return parent
        return self._add(node, None, parent, False, "branch")

    def _add(
        self, node: ast.stmt | ast.expr, taken: bool | None, parent: int | None, raises: bool,
        role: Role,
    ) -> int | None:  # fmt: skip
        if not self.owners:
            return parent
        text = "" if taken is None else _short(ast.unparse(node))
        number = len(self.goals)
        self.goals.append(
            Goal(number, self.file, node.lineno, span_of(node), text, taken, parent, self.owners,
                 raises, role)
        )  # fmt: skip
        return number


def _only_raises(body: list[ast.stmt] | None) -> bool:
    return body is not None and 0 < len(body) <= 2 and isinstance(body[-1], ast.Raise)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]} ..."
