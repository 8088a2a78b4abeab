"""Taking the insertions out again: by their structure, so also after the user edited around them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from pathlib import Path

import libcst as cst

from loopwright.atomic import write_atomic
from loopwright.diagnostics import Declined
from loopwright.frontend.parse import decode_source, encoding_of, parse_text
from loopwright.kernels_manifest import (
    forget,
    forget_original,
    has_manifest,
    read_manifest,
    remove_folder,
)
from loopwright.project_discover import discover
from loopwright.runtime.guarded import FOLDER as KERNELS_FOLDER
from loopwright.runtime.guarded import Guarded, guarded_calls, loader_of
from loopwright.splice_block import BEGIN, BLANK_ROWS, MARK, block_home
from loopwright.splice_move import comments_within, fixed, moved, shifted
from loopwright.splice_read import code_of, read
from loopwright.splice_tree import (
    Body,
    Edit,
    Source,
    Spot,
    Statement,
    Unreadable,
    edited,
    is_head,
)
from loopwright.usage import UsageError


def unsplice(source: str) -> str:
    """`source` without the calls of kernels and the block that loads them.

    Text that has none comes back as it is, also if it is not Python. A call that was edited beyond
    recognition stays, and so does the block then. Raises Unreadable if there is something to take out and
    LibCST cannot read the file.
    """
    if BEGIN not in source:
        return source
    module = parse_text(source, Path(), "")
    loader = None if isinstance(module, Declined) else loader_of(module.tree)
    if isinstance(module, Declined) or loader is None:
        return source
    file = read(module)
    guarded = guarded_calls(module.tree)
    edits = [edit for each in guarded if (edit := _call_edit(file, each)) is not None]
    if len(edits) == len(guarded):
        edits += _block_edits(file, loader)
    return code_of(edited(file.module, edits))


def _call_edit(source: Source, guarded: Guarded) -> Edit | None:
    """Takes out one call; None if its layout is not the expected one."""
    spot = source.spots.get(guarded.test)
    if spot is None:
        return None
    node = spot.holder.body[spot.at]
    assert isinstance(node, cst.If)
    block = node.body
    if not isinstance(block, cst.IndentedBlock):
        return None
    if isinstance(node.orelse, cst.If) or (node.orelse and not guarded.inside):
        return None
    inner = spot.base + (block.indent or source.unit)
    return spot, _unwrap(source, spot, inner) if guarded.inside else _remove(spot, inner)


def _unwrap(source: Source, spot: Spot, inner: str) -> Callable[[Body], None]:
    def unwrap(body: Body) -> None:
        guard = body.lines[spot.at]
        assert isinstance(guard, cst.If) and isinstance(guard.body, cst.IndentedBlock)
        lines = [line for line in guard.body.body if isinstance(line, Statement)]
        lines, behind = moved(lines, inner, spot.base, source.unit)
        behind += [fixed(row, inner) for row in guard.body.footer]
        below: list[cst.EmptyLine] = []
        if isinstance(guard.orelse, cst.Else):
            behind += [fixed(row, spot.base) for row in guard.orelse.leading_lines]
            below = _behind(guard.orelse.body, spot.base, source.unit)
        count = comments_within(behind, inner)
        behind = [*shifted(behind[:count], inner, spot.base), *behind[count:], *below]
        lines[0] = lines[0].with_changes(
            leading_lines=[*_without_mark(guard), *lines[0].leading_lines]
        )
        body.lines[spot.at : spot.at + 1] = lines
        after = spot.at + len(lines)
        body.set_above(after, [*behind, *body.above(after)])

    return unwrap


def _behind(suite: cst.BaseSuite, base: str, unit: str) -> list[cst.EmptyLine]:
    """The rows behind a block that hangs on a statement indented by `base`, as they stand."""
    if not isinstance(suite, cst.IndentedBlock):
        return []
    return [fixed(row, base + (suite.indent or unit)) for row in suite.footer]


def _remove(spot: Spot, inner: str) -> Callable[[Body], None]:
    def remove(body: Body) -> None:
        guard = body.lines.pop(spot.at)
        assert isinstance(guard, cst.If) and isinstance(guard.body, cst.IndentedBlock)
        kept = [fixed(row, inner) for row in guard.body.footer]
        above = [*_without_mark(guard), *kept]
        body.set_above(spot.at, [*above, *body.above(spot.at)])

    return remove


def _without_mark(guard: cst.If) -> Sequence[cst.EmptyLine]:
    """The lines above an `if` without our comment, which stands there where the row has none."""
    assert isinstance(guard.body, cst.IndentedBlock)
    above, header = guard.leading_lines, guard.body.header.comment
    if header is not None and header.value.startswith(MARK):
        return above
    if above and _is_comment(above[-1], MARK) and not _is_comment(above[-1], BEGIN):
        return above[:-1]
    return above


def _is_comment(line: cst.EmptyLine, start: str) -> bool:
    return line.comment is not None and line.comment.value.startswith(start)


def _block_edits(source: Source, loader: tuple[ast.stmt, ast.stmt]) -> list[Edit]:
    """Take out the import block; nothing if it shares a row with other code."""
    first, last = (source.spots[stmt] for stmt in loader)
    if not (last.starts and last.ends):
        return []

    def remove_first(body: Body) -> None:
        above = body.above(first.at)
        del body.lines[first.at]
        begin = next((k for k, row in enumerate(above) if _is_comment(row, BEGIN)), len(above))
        before, behind = above[:begin], above[begin + 1 :]
        if first.at > 0:
            before = _without_blank(before[::-1])[::-1]
        body.set_above(first.at, [*before, *behind, *body.above(first.at)])

    def remove_last(body: Body) -> None:
        above = _without_blank(body.above(last.at))
        del body.lines[last.at]
        below = body.above(last.at)
        below = below if first.at > 0 else _without_blank(below)
        body.set_above(last.at, [*above, *below])

    return [(first, remove_first), (last, remove_last)]


def _without_blank(rows: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """`rows` without the blank rows at the beginning that were inserted."""
    inserted = 0
    while inserted < min(BLANK_ROWS, len(rows)) and _is_empty(rows[inserted]):
        inserted += 1
    return [*rows[inserted:]]


def _is_empty(row: cst.EmptyLine) -> bool:
    return row.comment is None and not row.whitespace.value and not is_head(row)


def original_bytes(data: bytes) -> bytes:
    """The bytes of a source file without insertions; `data` itself if it has none or is not text.

    Raises Unreadable if LibCST cannot read the file.
    """
    try:
        return unsplice(decode_source(data)).encode(encoding_of(data))
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return data


def revert(source: Path | Sequence[Path]) -> list[Path]:
    """Restore every rewritten file in a tree (or several), and remove their kernels and kept originals.

    Returns the restored files. A folder of kernels goes when no file uses it any more, unless it holds
    files that loopwright did not make. Raises UsageError, after restoring the others, for files that
    LibCST cannot read since they were edited, and for those whose replaced code cannot be taken back as
    they were edited since.
    """
    sources = [source] if isinstance(source, Path) else list(source)
    restored: list[Path] = []
    left: list[str] = []
    for file in discover(sources, everything=True):
        data = file.path.read_bytes()
        try:
            original = original_bytes(data)
        except Unreadable as error:
            left.append(f"{file.shown}: LW607 {error}; the file is left as it is")
            continue
        home = block_home(ast.parse(data)) if original != data else None
        holder = _holder(file.path)
        if holder is not None:
            folder, name = holder
            first = read_manifest(folder).replaced[name].original_of(original)
            if first is None:
                why = "code in it was replaced, and it was edited since"
                left.append(f"{file.shown}: {why}; {folder} holds the original")
            original = first or original
        if original != data:
            write_atomic(file.path, original)
            restored.append(file.shown)
            if home is not None:
                module, up, _ = home
                forget(file.path.parents[up] / KERNELS_FOLDER, module)
            if holder is not None and first is not None:
                forget_original(*holder)
    if left:
        raise UsageError("\n".join(left))
    for folder in (f for each in sources for f in sorted(each.rglob(KERNELS_FOLDER))):
        if folder.is_dir() and not folder.is_symlink() and has_manifest(folder):
            remove_folder(folder)
    return restored


def _holder(file: Path) -> tuple[Path, str] | None:
    """The folder that keeps the original of a file in which code was replaced, and the file's name there."""
    for parent in file.parents:
        folder, name = parent / KERNELS_FOLDER, file.relative_to(parent).as_posix()
        if folder.is_dir() and name in read_manifest(folder).replaced:
            return folder, name
    return None
