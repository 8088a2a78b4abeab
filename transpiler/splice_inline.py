"""Putting array code in the place of the statements that it is proved equal to.

Everything outside of the replaced rows keeps its bytes. Comments above and inside of the replaced
statements stay, above the new rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import libcst as cst

from loopwright.diagnostics import Declined
from loopwright.frontend.parse import parse_text
from loopwright.frontend.region import Lowered, Module
from loopwright.inline import rows_of, without_tests
from loopwright.ir.nodes import Program
from loopwright.splice import refusal, source_of
from loopwright.splice_read import code_of
from loopwright.splice_tree import Body, Edit, Source, Unreadable, edited, statements


@dataclass(frozen=True, slots=True)
class Replacement:
    """The array code `program`, proved without its tests, for the statements of `lowered.region`."""

    lowered: Lowered
    program: Program


def splice_inline(module: Module, replacements: Sequence[Replacement]) -> str | Declined:
    """The text of `module` with the replacements.

    Declined: as `splice.refusal` says of one of the regions, LW403 if there are no such rows, and LW606 if
    anything else would change.
    """
    for each in replacements:
        refused = refusal(each.lowered.region)
        if refused is not None:
            return refused
    source = source_of(module)
    assert isinstance(source, Source)
    at = replacements[0].lowered.region.span
    edits: list[Edit] = []
    for each in replacements:
        edit = _edit(source, each)
        if isinstance(edit, Declined):
            return edit
        edits.append(edit)
    try:
        result = code_of(edited(source.module, edits))
    except Unreadable as error:
        return Declined(at, "LW607", str(error))
    if not _is_sound(module, replacements, result):
        return Declined(at, "LW606", "more than the replaced rows would change")
    return result


def _edit(source: Source, replacement: Replacement) -> Edit | Declined:
    region = replacement.lowered.region
    first, last = (source.spots[region.statements[k]] for k in (0, -1))
    columns = len(first.base.expandtabs(4))
    rows = rows_of(replacement.lowered, without_tests(replacement.program), columns)
    if isinstance(rows, Declined):
        return rows
    lines = statements(rows, source.newline)

    def put(body: Body) -> None:
        old = body.lines[first.at : last.at + 1]
        above = [*old[0].leading_lines, *_comments(old, source.newline)]
        new = [lines[0].with_changes(leading_lines=above), *lines[1:]]
        body.lines[first.at : last.at + 1] = new

    return first, put


def _comments(lines: Sequence[cst.CSTNode], newline: str) -> list[cst.EmptyLine]:
    """Rows of their own for the comments inside of the statements `lines`."""
    found: list[cst.Comment] = []
    for number, line in enumerate(lines):
        inside = line.with_changes(leading_lines=()) if number == 0 else line
        inside.visit(_Collect(found.append))
    return [cst.EmptyLine(comment=c, newline=cst.Newline(newline)) for c in found]


class _Collect(cst.CSTVisitor):
    def __init__(self, found: Callable[[cst.Comment], None]) -> None:
        super().__init__()
        self._found = found

    def visit_Comment(self, node: cst.Comment) -> None:
        self._found(node)


def _is_sound(module: Module, replacements: Sequence[Replacement], result: str) -> bool:
    """It is Python, and what is before, between and behind the replaced rows stands as it did."""
    if isinstance(parse_text(result, module.path, module.name), Declined):
        return False
    rows = module.text.splitlines(keepends=True)
    spans = sorted((r.lowered.region.span for r in replacements), key=lambda span: span.line)
    ends = [0, *(span.end_line for span in spans)]
    begins = [*(span.line - 1 for span in spans), len(rows)]
    kept = ["".join(rows[a:b]) for a, b in zip(ends, begins, strict=True)]
    if not (result.startswith(kept[0]) and result.endswith(kept[-1])):
        return False
    at = len(kept[0])
    for part in kept[1:-1]:
        at = result.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return at <= len(result) - len(kept[-1])
