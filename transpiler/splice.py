"""Putting the calls of kernels into the user's file, and nothing else.

One form for each case (`K` is the variable that the import block sets, `out` a new name):

- a block without results: `if not K.f(X, Y):` around the original;
- a block with results: `if (out := K.f(a, b)) is None:` around the original, `else: cost, path = out`
  (live-outs in order, then rebound attributes);
- a whole body with a value: `if (out := K.f(a, b)) is not None: return out` before the original, which
  stays as it is; rebound attributes come first: `self.w, out = out`, then `return out`;
- a whole body that returns nothing: `if K.f(x): return` before the original.

Lines that are not inserted keep their bytes, apart from the indentation of what a block's `if` encloses.
The text is edited by lines, from the positions that `ast` gives: what is not touched cannot change. The
result is taken back (`unsplice`) as a check, and must then be the original byte for byte.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loopwright.diagnostics import Declined
from loopwright.frontend.parse import encoding_of
from loopwright.frontend.region import Lowered, Module, Region
from loopwright.ir.nodes import Nothing, Pack
from loopwright.kernels import Home, call_roots, kernels_home
from loopwright.runtime.fingerprint import shape
from loopwright.runtime.guarded import guarded_calls
from loopwright.splice_block import (
    BLANK_ROWS,
    block_row,
    call_lines,
    first_row,
    import_block,
    is_docstring,
    last_row,
    loader_name,
    unique,
    unpack_lines,
)
from loopwright.splice_text import DEFAULT_UNIT, Text
from loopwright.unsplice import unsplice


@dataclass(frozen=True, slots=True)
class Placement:
    """The dispatch function `kernel_name` takes the place of `lowered.region`; `comment` says in a few
    words (ASCII, one line) by what right."""

    lowered: Lowered
    kernel_name: str
    comment: str


@dataclass(frozen=True, slots=True)
class _Edit:
    """Replace rows `first` to `last` (none if `last < first`) by `lines`."""

    first: int
    last: int
    lines: list[str]


@dataclass(frozen=True, slots=True)
class _Names:
    kernels: str
    out: str
    loader: str


class _Refused(Exception):
    def __init__(self, declined: Declined) -> None:
        super().__init__(declined.why)
        self.declined = declined


def splice(
    module: Module, placements: Sequence[Placement], home: Home | None = None, width: int = 88
) -> str | Declined:
    """The text of `module` with the calls of the kernels and the block that loads them.

    `home` is where the kernels live (by default in the file's outermost package); inserted rows are
    broken at `width`. Declined: LW604 where a region shares a row with other code, LW605 where the
    function looks at its own variables, LW606 if the edit could not be taken back exactly.
    """
    text = Text(module.text)
    names = _names(module.text)
    home = home or kernels_home(module.path, _tree_root(module))
    try:
        edits = [_import_edit(module.tree, text, home, names)]
        edits += [_place(text, placement, names, width) for placement in placements]
    except _Refused as refused:
        return refused.declined
    lines = list(text.lines)
    for edit in sorted(edits, key=lambda e: e.first, reverse=True):
        lines[edit.first - 1 : edit.last] = edit.lines
    result = text.joined(lines)
    if not _is_sound(module, placements, result):
        why = "taking the insertion back does not give the original text"
        return Declined(placements[0].lowered.region.span, "LW606", why)
    return result


def encode_like(text: str, original: bytes) -> bytes:
    """`text` in the encoding of the source file `original`, with a byte order mark if that has one."""
    return text.encode(encoding_of(original))


def _names(source: str) -> _Names:
    taken = set(re.findall(r"\w+", source))
    return _Names(unique("_kernels", taken), unique("_out", taken), loader_name(taken))


def _tree_root(module: Module) -> Path:
    parts = len(module.name.split(".")) - (module.path.stem != "__init__")
    return module.path.parents[parts]


def _import_edit(tree: ast.Module, text: Text, home: Home, names: _Names) -> _Edit:
    row, follows = block_row(tree, text)
    lines = import_block(home.module, home.up, names.loader, names.kernels)
    blank = [""] * BLANK_ROWS
    lines = [*blank, *lines] if follows else [*lines, *blank]
    return _Edit(row + 1, row, _ended(lines, text))


def _place(text: Text, placement: Placement, names: _Names, width: int) -> _Edit:
    region = placement.lowered.region
    first, last = region.statements[0], region.statements[-1]
    assert last.end_col_offset is not None
    row = first_row(first)
    alone = text.starts_row(row, first.col_offset) and text.ends_row(
        last_row(last), last.end_col_offset
    )
    if not alone:
        why = "the region shares a row with other code"
        raise _Refused(Declined(region.span, "LW604", why))
    looked = _looks_at_itself(region.function)
    if looked is not None:
        why = f"`{region.qualname}` calls `{looked}`, which would show the added variable"
        raise _Refused(Declined(region.span, "LW605", why))
    if region.form == "block":
        return _block(text, placement, names, width)
    return _body(text, placement, names, width)


def _looks_at_itself(function: ast.FunctionDef) -> str | None:
    for node in ast.walk(function):
        match node:
            case ast.Call(ast.Name("locals" | "eval" | "exec" as name)):
                return name
            case ast.Call(ast.Name("vars" | "dir" as name), []):
                return name
    return None


def _block(text: Text, placement: Placement, names: _Names, width: int) -> _Edit:
    region, program = placement.lowered.region, placement.lowered.program
    targets = [*region.live_outs, *region.stores]
    first, base = first_row(region.statements[0]), text.indent(first_row(region.statements[0]))
    last = text.with_deeper_comments(last_row(region.statements[-1]), base)
    unit = _unit(text, region, base)
    call = (f"{names.kernels}.{placement.kernel_name}", call_roots(placement.lowered).all)
    original = text.deepened(range(first, last + 1), base, unit)
    if not targets:
        assert isinstance(program.rebuild, Nothing)
        lines = call_lines(base, "if not ", call, ":", placement.comment, width)
        return _Edit(first, last, _ended(lines, text) + original)
    if len(targets) > 1:
        assert isinstance(program.rebuild, Pack) and len(program.rebuild.items) == len(targets)
    lines = call_lines(base, f"if ({names.out} := ", call, ") is None:", placement.comment, width)
    after = [f"{base}else:", *unpack_lines(base + unit, targets, names.out, width)]
    return _Edit(first, last, _ended(lines, text) + original + _ended(after, text))


def _body(text: Text, placement: Placement, names: _Names, width: int) -> _Edit:
    region, program = placement.lowered.region, placement.lowered.program
    head = region.function.body[0]
    base = text.indent(first_row(region.statements[0]))
    unit = _unit(text, region, base)
    if is_docstring(head) and head is not region.statements[0]:
        row = text.end_of_logical_line(head.lineno)
    else:
        row = text.end_of_logical_line(region.function.lineno)
    call = (f"{names.kernels}.{placement.kernel_name}", call_roots(placement.lowered).all)
    if isinstance(program.rebuild, Nothing):
        lines = call_lines(base, "if ", call, ":", placement.comment, width)
        lines.append(f"{base}{unit}return")
        return _Edit(row + 1, row, _ended(lines, text))
    lines = call_lines(
        base, f"if ({names.out} := ", call, ") is not None:", placement.comment, width
    )
    inner = base + unit
    if not region.stores:
        lines.append(f"{inner}return {names.out}")
    elif isinstance(program.rebuild, Pack) and len(program.rebuild.items) == len(region.stores) + 1:
        lines += unpack_lines(inner, [*region.stores, names.out], names.out, width)
        lines.append(f"{inner}return {names.out}")
    else:
        lines += [*unpack_lines(inner, region.stores, names.out, width), f"{inner}return"]
    return _Edit(row + 1, row, _ended(lines, text))


def _unit(text: Text, region: Region, base: str) -> str:
    """One level of indentation, as the function's own body has it."""
    outer = text.indent(first_row(region.function))
    body = text.indent(first_row(region.function.body[0]))
    unit = body.removeprefix(outer)
    return unit if (unit and unit != body) or not outer else DEFAULT_UNIT


def _ended(lines: Sequence[str], text: Text) -> list[str]:
    return [line + text.newline for line in lines]


def _is_sound(module: Module, placements: Sequence[Placement], result: str) -> bool:
    """The insertion can be taken back, and each call guards the very statements of its region."""
    try:
        tree = ast.parse(result)
    except SyntaxError:
        return False
    guarded = {g.kernel: g for g in guarded_calls(tree)}
    for placement in placements:
        found = guarded.get(placement.kernel_name)
        wanted = [shape(stmt) for stmt in placement.lowered.region.statements]
        if found is None or [shape(s) for s in found.original[: len(wanted)]] != wanted:
            return False
    return unsplice(result) == module.text
