"""One change of a syntax tree that can be made and taken back, and how it reads."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

Node = TypeVar("Node", bound=ast.AST)
_LONGEST = 48


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """`new` in place of what `field` of `holder` holds, or of its item `index`; `what` says it in words.

    `at` is the node that gives way: where it is in the text, and how much of the text it decides.
    """

    holder: ast.AST
    field: str
    index: int | None
    new: Any
    at: ast.expr | ast.stmt
    what: str

    @contextlib.contextmanager
    def made(self) -> Iterator[None]:
        """The change, while the block runs."""
        before = getattr(self.holder, self.field)
        if self.index is None:
            changed = self.new
        else:
            changed = [*before[: self.index], self.new, *before[self.index + 1 :]]
        setattr(self.holder, self.field, changed)
        try:
            yield
        finally:
            setattr(self.holder, self.field, before)


def replaced(holder: ast.AST, field: str, index: int | None, old: ast.expr, new: ast.expr) -> Edit:
    """The edit that puts one expression in the place of another."""
    words = f"`{short(old)}` made `{short(new)}`"
    return Edit(holder, field, index, located(new, old), old, words)


def located(new: Node, old: ast.AST) -> Node:
    """`new` with the place of `old`, wherever it has none of its own."""
    if not hasattr(new, "lineno"):
        ast.copy_location(new, old)
    return ast.fix_missing_locations(new)


def short(node: ast.AST) -> str:
    """The text of a node in one line."""
    text = " ".join(ast.unparse(ast.fix_missing_locations(node)).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]} ..."
