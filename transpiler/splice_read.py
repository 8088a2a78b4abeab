"""A text as LibCST's tree, byte for byte; what LibCST loses of some texts is put back.

LibCST drops form feeds in an indentation, space before the colon of an `except` without a name, and rows
behind an indented block that ends the file. What is still not the text in the end is refused.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Sequence

import libcst as cst

from loopwright.frontend.region import Module
from loopwright.splice_tree import (
    WITHOUT_BLOCKS,
    Body,
    Source,
    Spot,
    Unreadable,
    edited,
    spots_of,
)

_ROW = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_END = re.compile(r"\r\n|\r|\n")
_HEAD = re.compile(r"[ \t\f]*\f(?=[ \t]*[^ \t\r\n])")
_BEFORE_COLON = re.compile(
    r"(?:[)\s\\]|#[^\r\n]*+)*?"  # what may follow an expression: parentheses, rows, comments
    r"((?:[ \t\f]|\\(?:\r\n|\r|\n))*):"
)


def read(module: Module) -> Source:
    """The text of `module` as LibCST reads it. Raises Unreadable."""
    text, tree = module.text, module.tree
    rows = _ROW.findall(text)
    ends = Counter(_END.findall(text))
    newline = ends.most_common(1)[0][0] if ends else "\n"
    heads = _form_feeds(rows, tree) if "\f" in text else {}
    without = [row.removeprefix(heads.get(number, "")) for number, row in enumerate(rows, start=1)]
    concrete = _parsed("".join(without), newline)
    if heads:
        concrete = _with_form_feeds(concrete, tree, heads)
    if code_of(concrete) != text:
        concrete = concrete.visit(_Colons(_before_colons(rows, tree)))
        if code_of(concrete) != text:
            raise Unreadable("LibCST does not give back its bytes")
    return Source(concrete, spots_of(tree, concrete), newline)


def code_of(module: cst.Module) -> str:
    """The text of `module`. Raises Unreadable where expressions are nested too deeply for LibCST."""
    try:
        return module.code
    except RecursionError as error:
        raise Unreadable("LibCST does not write it: an expression is nested too deeply") from error


def _parsed(text: str, newline: str) -> cst.Module:
    ended = text.endswith(("\n", "\r"))
    try:
        # rows at the end are kept as those above a statement
        module = cst.parse_module(f"{text}{'' if ended else newline}pass{newline}")
    except Exception as error:
        # any exception: what the parser raises for valid Python is beyond foresight
        raise Unreadable(f"LibCST does not parse it: {_reason(error)}") from error
    *body, last = module.body
    assert isinstance(last, cst.SimpleStatementLine)
    footer = [*last.leading_lines, *module.footer]
    return module.with_changes(body=body, footer=footer, has_trailing_newline=ended)


def _reason(error: Exception) -> str:
    if isinstance(error, cst.ParserSyntaxError):
        return error.message.strip().partition(": expected one of")[0]
    return f"{type(error).__name__}: {error}"


# ------------------------------------------------------------ form feeds


def _form_feeds(rows: Sequence[str], tree: ast.Module) -> dict[int, str]:
    """Rows where a statement begins to what stands before it up to a form feed, where columns restart."""
    starts = {_first_row(node) for node in ast.walk(tree) if isinstance(node, ast.stmt)}
    found = {row: _HEAD.match(rows[row - 1]) for row in starts}
    return {row: head[0] for row, head in found.items() if head is not None}


def _first_row(stmt: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(stmt, "decorator_list", [])
    return min([stmt.lineno, *(d.lineno for d in decorators)])


def _with_form_feeds(module: cst.Module, tree: ast.Module, heads: dict[int, str]) -> cst.Module:
    firsts = [(_first_row(s), spot) for s, spot in spots_of(tree, module).items() if spot.starts]
    return edited(module, [(spot, _put(spot, heads[row])) for row, spot in firsts if row in heads])


def _put(spot: Spot, head: str) -> Callable[[Body], None]:
    # LibCST has no place for it in an indentation: it becomes an empty line without a line end
    row = cst.EmptyLine(False, cst.SimpleWhitespace(head), newline=cst.Newline(""))

    def put(body: Body) -> None:
        body.set_above(spot.at, [*body.above(spot.at), row])

    return put


# ------------------------------------------------------------ colons of `except`


def _before_colons(rows: Sequence[str], tree: ast.Module) -> list[str]:
    """What stands before the colon of each `except E`, in source order."""
    handlers = [h for h in ast.walk(tree) if isinstance(h, ast.ExceptHandler) and not h.name]
    ends = [(t.end_lineno or 0, t.end_col_offset or 0) for h in handlers if (t := h.type)]
    found: list[str] = []
    for row, col in sorted(ends):
        behind = rows[row - 1].encode()[col:].decode() + "".join(rows[row : row + 20])
        match = _BEFORE_COLON.match(behind)
        found.append(match[1] if match is not None else "")
    return found


class _Colons(cst.CSTTransformer):
    def __init__(self, spaces: Sequence[str]) -> None:
        super().__init__()
        self._spaces = iter(spaces)
        self._found: dict[cst.CSTNode, str] = {}

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.ExceptHandler | cst.ExceptStarHandler):
            if node.type is not None and node.name is None:
                self._found[node] = next(self._spaces, "")
        return not isinstance(node, WITHOUT_BLOCKS)

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> cst.CSTNode:  # type: ignore[override]
        space = self._found.get(original_node)
        if space is None:
            return updated_node
        return updated_node.with_changes(whitespace_before_colon=cst.SimpleWhitespace(space))
