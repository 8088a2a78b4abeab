"""The user's file as LibCST's tree: where each statement stands, and edits of it.

Analysis goes by `ast`; a file gets here only when something is put into it or taken out. Statements are
found by walking both trees side by side, so LibCST's metadata, which is slow, is not needed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
Holder = cst.Module | cst.IndentedBlock
_Part = cst.BaseSuite | cst.Module | cst.If
WITHOUT_BLOCKS = (
    cst.SimpleStatementLine,
    cst.SimpleStatementSuite,
    cst.BaseExpression,
    cst.BaseParenthesizableWhitespace,
    cst.EmptyLine,
    cst.TrailingWhitespace,
)


class Unreadable(Exception):
    """LibCST does not parse a text that is valid Python, or does not give back its bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """Where a statement stands: number `at` of the list that `holder` has, indented by `base`.

    `starts` and `ends` tell whether it is the first and the last on its row.
    """

    holder: Holder
    at: int
    base: str
    starts: bool
    ends: bool


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A file in both forms. Statements in one-line suites, and `elif`, have no spot.

    `newline` is the prevailing line end, `unit` the file's usual step of indentation.
    """

    module: cst.Module
    spots: Mapping[ast.stmt, Spot]
    newline: str

    @property
    def unit(self) -> str:
        return self.module.default_indent


@dataclass(slots=True, eq=False)
class Body:
    """The statements of a block while they are edited, and the empty lines and comments behind them."""

    lines: list[Statement]
    footer: list[cst.EmptyLine]

    def above(self, at: int) -> list[cst.EmptyLine]:
        """The empty lines and comments above statement `at`, or above the end."""
        return list(self.lines[at].leading_lines) if at < len(self.lines) else list(self.footer)

    def set_above(self, at: int, above: Sequence[cst.EmptyLine]) -> None:
        if at < len(self.lines):
            self.lines[at] = self.lines[at].with_changes(leading_lines=above)
        else:
            self.footer[:] = above


Edit = tuple[Spot, Callable[[Body], None]]


def statements(rows: Sequence[str], newline: str) -> list[Statement]:
    """The statements on `rows`, for any file: with line ends and indentation of their own."""
    module = cst.parse_module("\n".join(rows) + "\n")
    own = module.visit(_Own(newline, module.default_indent))
    body = Body([stmt for stmt in own.body if isinstance(stmt, Statement)], [])
    body.set_above(0, [*own.header, *body.above(0)])
    return body.lines


class _Own(cst.CSTTransformer):
    def __init__(self, newline: str, unit: str) -> None:
        super().__init__()
        self._newline, self._unit = newline, unit

    def leave_Newline(self, original_node: cst.Newline, updated_node: cst.Newline) -> cst.Newline:
        return cst.Newline(self._newline)

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        return updated_node.with_changes(indent=original_node.indent or self._unit)


def is_head(row: cst.EmptyLine) -> bool:
    """True for what stands on the row of the statement below, before a form feed, and for that."""
    return row.newline.value == ""


# ------------------------------------------------------- the two trees


def spots_of(tree: ast.Module, module: cst.Module) -> dict[ast.stmt, Spot]:
    """Where the statements of `tree` stand in `module`, which is the same text."""
    found: dict[ast.stmt, Spot] = {}
    _pair(tree.body, module, "", module.default_indent, found)
    return found


def _pair(
    stmts: Sequence[ast.stmt], part: _Part, base: str, unit: str, found: dict[ast.stmt, Spot]
) -> None:
    """Put the spots of `stmts`, which are the statements of `part`, and of all inside them into `found`."""
    if isinstance(part, cst.If):
        _descend(stmts[0], part, base, unit, found)
    if not isinstance(part, Holder):
        return
    todo = iter(stmts)
    for at, line in enumerate(part.body):
        if isinstance(line, cst.SimpleStatementLine):
            last = len(line.body) - 1
            ended = isinstance(line.body[last].semicolon, cst.MaybeSentinel)
            for k in range(last + 1):
                found[next(todo)] = Spot(part, at, base, k == 0, k == last and ended)
        else:
            stmt = next(todo)
            found[stmt] = Spot(part, at, base, True, True)
            _descend(stmt, line, base, unit, found)


def _descend(
    stmt: ast.stmt, node: cst.CSTNode, base: str, unit: str, found: dict[ast.stmt, Spot]
) -> None:
    if isinstance(node, cst.Match):
        base += node.indent or unit
    for stmts, part in zip(blocks(stmt), parts(node), strict=True):
        inner = base + (part.indent or unit) if isinstance(part, cst.IndentedBlock) else base
        _pair(stmts, part, inner, unit, found)


def blocks(stmt: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The statement lists of a compound statement, in source order."""
    for _, value in ast.iter_fields(stmt):
        match value:
            case [ast.stmt(), *_]:
                yield value
            case [ast.ExceptHandler() | ast.match_case(), *_]:
                yield from (part.body for part in value)


def parts(node: cst.CSTNode) -> Iterator[_Part]:
    """The same of LibCST's node; an `elif` stands for the list that holds it."""
    match node:
        case cst.If() | cst.For() | cst.While():
            clauses: list[cst.CSTNode | None] = [node.body, node.orelse]
        case cst.Try() | cst.TryStar():
            clauses = [node.body, *node.handlers, node.orelse, node.finalbody]
        case cst.Match():
            clauses = [*node.cases]
        case cst.FunctionDef() | cst.ClassDef() | cst.With():
            clauses = [node.body]
        case _:
            clauses = []
    for clause in clauses:
        match clause:
            case cst.BaseSuite() | cst.If():
                yield clause
            case cst.Else() | cst.Finally() | cst.ExceptHandler() | cst.ExceptStarHandler():
                yield clause.body
            case cst.MatchCase():
                yield clause.body


# ------------------------------------------------------- edits


def edited(module: cst.Module, edits: Sequence[Edit]) -> cst.Module:
    """`module` after `edits`, each of the block that its spot stands in: inner blocks before outer ones,
    and within a block from the last to the first, so that positions hold. Raises Unreadable."""
    try:
        return module.visit(_Edits(edits))
    except (RecursionError, cst.CSTValidationError) as error:
        raise Unreadable(f"LibCST does not take a statement: {error}") from error


class _Edits(cst.CSTTransformer):
    def __init__(self, edits: Sequence[Edit]) -> None:
        super().__init__()
        self._edits: dict[cst.CSTNode, list[Edit]] = {}
        for edit in sorted(edits, key=lambda edit: edit[0].at, reverse=True):
            self._edits.setdefault(edit[0].holder, []).append(edit)

    def on_visit(self, node: cst.CSTNode) -> bool:
        return not isinstance(node, WITHOUT_BLOCKS)

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> cst.CSTNode:  # type: ignore[override]
        edits = self._edits.get(original_node)
        if edits is None:
            return updated_node
        assert isinstance(updated_node, Holder)
        body = Body(
            [s for s in updated_node.body if isinstance(s, Statement)], [*updated_node.footer]
        )
        if isinstance(updated_node, cst.Module):
            # comments at the top are the first statement's, like those of any other
            body.set_above(0, [*updated_node.header, *body.above(0)])
            updated_node = updated_node.with_changes(header=())
        for _, edit in edits:
            edit(body)
        return updated_node.with_changes(body=body.lines, footer=body.footer)
