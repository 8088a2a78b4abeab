"""Statements of a test file in the form that black gives them."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from loopwright.ir.text import Lines

WIDTH = 88
_MOST = 12


def put(lines: Lines, statement: str) -> None:
    """Add a statement of one line: as it is, or with the arguments of its last bracket wrapped as black
    wraps them, or marked to be left alone."""
    room = WIDTH - lines.indentation
    if "'" in statement:
        lines.add(f"{statement}  # fmt: skip")
    elif len(statement) <= room:
        lines.add(statement)
    else:
        lines.add(*_wrapped(statement, room))


def _wrapped(text: str, room: int) -> list[str]:
    """The text in lines of at most `room`, split at its last bracket, then at commas."""
    if len(text) <= room:
        return [text]
    opening = _last_bracket(text)
    if opening is None:
        return [f"{text}  # fmt: skip"]
    head, inside, tail = text[: opening + 1], text[opening + 1 : -1], text[-1]
    if len(inside) + 4 <= room:
        return [head, f"    {inside}", tail]
    parts = _split(inside)
    rows: list[str] = []
    for part in parts:
        wrapped = _wrapped(part, room - 5)
        comma = "," if len(parts) > 1 or head[-1] == "[" else ""
        rows += [*(f"    {row}" for row in wrapped[:-1]), f"    {wrapped[-1]}{comma}"]
    if any(row.endswith("# fmt: skip") or row.endswith("# fmt: skip,") for row in rows):
        return [f"{text}  # fmt: skip"]
    return [head, *rows, tail]


def _last_bracket(text: str) -> int | None:
    """The bracket that is closed by the last letter."""
    if not text or text[-1] not in ")]}":
        return None
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] in ")]}") - (text[place] in "([{")
        if depth == 0:
            return place if place else None if text[0] == "(" else place
    return None


def _split(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    quoted = False
    for place, letter in enumerate(text):
        quoted ^= letter == '"'
        depth += (letter in "([{") - (letter in ")]}") if not quoted else 0
        if letter == "," and depth == 0 and not quoted:
            parts.append(text[start:place].strip())
            start = place + 1
    return [part for part in [*parts, text[start:].strip()] if part]


def put_lists(lines: Lines, sources: Sequence[str]) -> None:
    """The numbers and texts that the sources name, as lists that the strategies use."""
    numbers: dict[float, None] = {}
    texts: dict[str, None] = {}
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
                if len(repr(node.value)) <= 12 and not isinstance(node.value, bool):
                    numbers[node.value] = None
            if isinstance(node, ast.Compare | ast.Call | ast.Dict | ast.Assign | ast.Return):
                for inner in ast.iter_child_nodes(node):
                    if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                        if inner.value.isprintable() and len(inner.value) <= 12:
                            texts[inner.value] = None
    shown = sorted(numbers, key=abs)[:_MOST]
    while len(repr(shown)) > 70:
        shown = shown[:-1]
    lines.add(f"CONSTANTS = {shown!r}  # of the code")
    own = [text for text in texts if '"' not in text and "\\" not in text and "'" not in text][:6]
    quoted = ", ".join(f'"{text}"' for text in own)
    lines.add(f"TEXTS = [{quoted}]" if len(quoted) < 70 else "TEXTS = []")
