"""Taking the insertions out again: by their structure, so also after the user edited around them."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from pathlib import Path

from loopwright.atomic import write_atomic
from loopwright.frontend.parse import decode_source, encoding_of
from loopwright.kernels_manifest import forget, has_manifest, remove_folder
from loopwright.project_discover import discover
from loopwright.runtime.guarded import FOLDER as KERNELS_FOLDER
from loopwright.runtime.guarded import Guarded, guarded_calls, loader_of
from loopwright.splice_block import BEGIN, BLANK_ROWS, MARK, block_home, first_row, last_row
from loopwright.splice_text import DEFAULT_UNIT, Text


def unsplice(source: str) -> str:
    """`source` without the calls of kernels and the block that loads them.

    Text that has none comes back as it is, also if it is not Python. A call that was edited beyond
    recognition stays, and so does the block then.
    """
    if BEGIN not in source:
        return source
    try:
        while True:
            guarded = guarded_calls(ast.parse(source))
            undone = next((t for g in reversed(guarded) if (t := _undo(source, g)) != source), None)
            if undone is None:
                return source if guarded else _without_block(source)
            source = undone
    except SyntaxError:
        return source


def _undo(source: str, guarded: Guarded) -> str:
    """`source` without one call; unchanged if its layout is not the expected one."""
    text, test = Text(source), guarded.test
    assert test.test.end_lineno is not None
    start, header_end = test.lineno, test.test.end_lineno
    if first_row(test.body[0]) <= header_end:
        return source
    kept: list[str] = []
    end = last_row(test)
    if guarded.inside:
        base = text.indent(start)
        inner = text.indent(first_row(test.body[0]))
        unit = inner.removeprefix(base) if inner.startswith(base) else DEFAULT_UNIT
        if test.orelse:
            stop = _else_row(text, last_row(test.body[-1]), first_row(test.orelse[0])) - 1
        else:
            stop = end = text.with_deeper_comments(last_row(test.body[-1]), base)
        kept = text.raised(range(header_end + 1, stop + 1), base, unit)
    if start > 1 and text[start - 1].strip(" \t\f\r\n").startswith(MARK):
        if not text[start - 1].startswith(BEGIN):
            start -= 1
    return text.joined([*text.lines[: start - 1], *kept, *text.lines[end:]])


def _else_row(text: Text, after: int, before: int) -> int:
    rows = range(before, after, -1)
    return next(row for row in rows if re.match(r"[ \t\f]*else\s*:", text[row]))


def _without_block(source: str) -> str:
    text, tree = Text(source), ast.parse(source)
    loader = loader_of(tree)
    if loader is None:
        return source
    first, last = first_row(loader[0]), last_row(loader[1])
    if first > 1 and text[first - 1].startswith(BEGIN):
        first -= 1
    blank = 0
    if tree.body[0] is not loader[0]:
        while blank < BLANK_ROWS and first > 1 and text.is_blank(first - 1):
            first, blank = first - 1, blank + 1
    else:
        while blank < BLANK_ROWS and last < len(text) and text.is_blank(last + 1):
            last, blank = last + 1, blank + 1
    return text.joined([*text.lines[: first - 1], *text.lines[last:]])


def original_bytes(data: bytes) -> bytes:
    """The bytes of a source file without insertions; `data` itself if it has none or is not text."""
    try:
        return unsplice(decode_source(data)).encode(encoding_of(data))
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return data


def revert(source: Path | Sequence[Path]) -> list[Path]:
    """Restore every rewritten file in a tree (or several), and remove their kernels.

    Returns the restored files. A folder of kernels goes when no file uses it any more, unless it holds
    files that loopwright did not make.
    """
    sources = [source] if isinstance(source, Path) else list(source)
    restored: list[Path] = []
    for file in discover(sources, everything=True):
        data = file.path.read_bytes()
        original = original_bytes(data)
        if original != data:
            home = block_home(ast.parse(data))
            write_atomic(file.path, original)
            restored.append(file.shown)
            if home is not None:
                module, up, _ = home
                forget(file.path.parents[up] / KERNELS_FOLDER, module)
    for folder in (f for each in sources for f in sorted(each.rglob(KERNELS_FOLDER))):
        if folder.is_dir() and not folder.is_symlink() and has_manifest(folder):
            remove_folder(folder)
    return restored
