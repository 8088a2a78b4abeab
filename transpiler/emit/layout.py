"""Shapes of emitted text that formatters leave alone: wrapped calls and headers, comments, slices."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from loopwright.diagnostics import Span
from loopwright.ir.nodes import Check, Fail
from loopwright.ir.text import Lines

WIDTH = 88


def wrapped(head: str, args: Sequence[str], tail: str, indent: int = 0) -> list[str]:
    """`head(args)tail` on one line; or the arguments on one line of their own; or one line for each
    (the order in which black and ruff try, for either line length)."""
    inside = ", ".join(args)
    if indent + len(head) + len(inside) + len(tail) + 2 <= WIDTH:
        return [f"{head}({inside}){tail}"]
    return [f"{head}(", *(f"    {arg}," for arg in args), f"){tail}"]


def place(span: Span) -> str:
    """`  # line 12`, or nothing where the place is not known."""
    return f"  # line {span.line}" if span.line else ""


def reason(stmt: Check | Fail) -> str:
    """The comment behind the test of a failure."""
    words = " ".join(stmt.reason.split())
    if stmt.span.line:
        return f"  # line {stmt.span.line}: {words}"
    return f"  # {words}" if words else ""


def put(lines: Lines, text: str, comment: str = "") -> None:
    """Add one statement."""
    lines.add(fitting(lines, text, comment))


def block(lines: Lines, header: str, comment: str = "") -> AbstractContextManager[None]:
    """Begin a block."""
    return lines.block(fitting(lines, header, comment))


def fitting(lines: Lines, text: str, comment: str) -> str:
    """The line with its comment; formatters are told to leave one that is too long for them."""
    room = WIDTH - lines.indentation
    if len(text) > room:
        return f"{text}  # fmt: skip"
    return text + comment if len(text) + len(comment) <= room else text
