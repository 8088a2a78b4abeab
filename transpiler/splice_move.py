"""Statements that go to another level of indentation, with the rows of what they are written on.

LibCST keeps the rows inside string tokens as they are, and indents rows that begin with the indentation of
their block. The others it takes literally, so they are moved here: comments to the left of the block,
continued rows, and rows in parentheses that begin further left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import libcst as cst

from loopwright.splice_tree import Statement, Unreadable, is_head, parts

_Block = cst.IndentedBlock | cst.Match
_CONTINUED = re.compile(r"(\\(?:\r\n|\r|\n))")


def moved(
    lines: Sequence[Statement], old: str, new: str, unit: str
) -> tuple[list[Statement], list[cst.EmptyLine]]:
    """The statements `lines` of a block that was indented by `old` for one indented by `new`, and the rows
    behind the last of them that LibCST gives to blocks inside of it, as they stand.

    One of `old` and `new` is the beginning of the other; `unit` is the file's step of indentation.
    Raises Unreadable.
    """
    inside = list(_last_blocks(lines[-1], old, unit))
    behind = [fixed(row, base) for block, base in reversed(inside) for row in block.footer]
    move = _Move(old, new, unit, frozenset(block for block, _ in inside))
    try:
        return [_visited(line, move) for line in lines], behind
    except (RecursionError, cst.CSTValidationError) as error:
        raise Unreadable(f"LibCST does not take a statement: {error}") from error


def _visited(line: Statement, move: _Move) -> Statement:
    result = line.visit(move)
    assert isinstance(result, Statement)
    return result


def _last_blocks(stmt: cst.CSTNode, base: str, unit: str) -> Iterator[tuple[_Block, str]]:
    """The blocks that end where `stmt` ends, with their indentation, outer before inner."""
    *_, part = (None, *parts(stmt))
    if isinstance(stmt, cst.Match):
        base += stmt.indent or unit
        yield stmt, base
    if isinstance(part, cst.If):
        yield from _last_blocks(part, base, unit)
    elif isinstance(part, cst.IndentedBlock):
        inner = base + (part.indent or unit)
        yield part, inner
        yield from _last_blocks(part.body[-1], inner, unit)


def fixed(row: cst.EmptyLine, base: str) -> cst.EmptyLine:
    """`row`, in a block that is indented by `base`, so that it stays as it is in any block."""
    if not row.indent:
        return row
    space = cst.SimpleWhitespace(base + row.whitespace.value)
    return row.with_changes(indent=False, whitespace=space)


def comments_within(rows: Sequence[cst.EmptyLine], base: str, deeper: bool = False) -> int:
    """How many of `rows`, fixed, go up to the last comment of those at the beginning that are indented by
    `base` (`deeper`: and more)."""
    count = 0
    for k, row in enumerate(rows, start=1):
        if row.comment is not None:
            space = row.whitespace.value
            if not space.startswith(base) or (deeper and space == base):
                break
            count = k
    return count


def shifted(rows: Sequence[cst.EmptyLine], old: str, new: str) -> list[cst.EmptyLine]:
    """`rows`, fixed, with the comments that are indented by `old` indented by `new` instead."""
    return [
        row
        if row.comment is None or not row.whitespace.value.startswith(old)
        else row.with_changes(
            whitespace=cst.SimpleWhitespace(new + row.whitespace.value.removeprefix(old))
        )
        for row in rows
    ]


class _Move(cst.CSTTransformer):
    def __init__(self, old: str, new: str, unit: str, ended: frozenset[_Block]) -> None:
        super().__init__()
        self._ended = ended
        self._old, self._new, self._unit = old, new, unit
        self._base = [old]
        self._strings = 0

    def visit_IndentedBlock(self, node: cst.IndentedBlock) -> None:
        self._base.append(self._base[-1] + (node.indent or self._unit))

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        self._base.pop()
        return (
            updated_node.with_changes(footer=()) if original_node in self._ended else updated_node
        )

    def visit_Match_cases(self, node: cst.Match) -> None:
        self._base.append(self._base[-1] + (node.indent or self._unit))

    def leave_Match_footer(self, node: cst.Match) -> None:
        self._base.pop()

    def leave_Match(self, original_node: cst.Match, updated_node: cst.Match) -> cst.Match:
        return (
            updated_node.with_changes(footer=()) if original_node in self._ended else updated_node
        )

    # what stands between the braces is part of the text that `f"{x = }"` gives

    def visit_FormattedString(self, node: cst.FormattedString) -> None:
        self._strings += 1

    def leave_FormattedString(
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.FormattedString:
        self._strings -= 1
        return updated_node

    def leave_EmptyLine(
        self, original_node: cst.EmptyLine, updated_node: cst.EmptyLine
    ) -> cst.EmptyLine:
        if is_head(original_node):
            return original_node
        if original_node.comment is None or self._strings:
            return fixed(original_node, self._base[-1])
        if original_node.indent:
            return updated_node
        first, *rest = _CONTINUED.split(updated_node.whitespace.value)
        space = cst.SimpleWhitespace("".join((self._row(first), *rest)))
        return updated_node.with_changes(whitespace=space)

    def leave_ParenthesizedWhitespace(
        self,
        original_node: cst.ParenthesizedWhitespace,
        updated_node: cst.ParenthesizedWhitespace,
    ) -> cst.ParenthesizedWhitespace:
        first, *rest = _CONTINUED.split(updated_node.last_line.value)
        if self._strings and original_node.indent:
            first = self._base[-1] + first
        elif not self._strings and not original_node.indent:
            first = self._row(first)
        return updated_node.with_changes(
            indent=original_node.indent and not self._strings,
            last_line=cst.SimpleWhitespace("".join((first, *rest))),
        )

    def leave_SimpleWhitespace(
        self, original_node: cst.SimpleWhitespace, updated_node: cst.SimpleWhitespace
    ) -> cst.SimpleWhitespace:
        first, *rest = _CONTINUED.split(original_node.value)
        if not rest or self._strings:
            return original_node
        rest[1::2] = map(self._row, rest[1::2])
        return cst.SimpleWhitespace("".join((first, *rest)))

    def _row(self, space: str) -> str:
        """The space at the start of a row, moved; columns restart after a form feed."""
        at = space.rfind("\f") + 1
        head, rest = space[:at], space[at:]
        if rest.startswith(self._old):
            return head + self._new + rest.removeprefix(self._old)
        if self._new.startswith(self._old):
            return head + self._new.removeprefix(self._old) + rest
        return head + rest.removeprefix(self._old.removeprefix(self._new))
