"""Putting the calls of kernels into the user's file, and nothing else.

One form for each case (`K` is the variable that the import block sets, `out` a new name):

- a block without results: `if not K.f(X, Y):` around the original;
- a block with results: `if (out := K.f(a, b)) is None:` around the original, `else: cost, path = out`
  (live-outs in order, then rebound attributes);
- a whole body, or the end of one, with a value: `if (out := K.f(a, b)) is not None: return out` before the
  original, which stays as it is; rebound attributes come first: `self.w, out = out`, then `return out`;
- where a single result may be None, it comes in a tuple: `cost = out[0]`, `return out[0]`;
- one that returns nothing: `if K.f(x): return` before the original.

Lines that are not inserted keep their bytes, apart from the indentation of what a block's `if` encloses.
The edit is one of LibCST's tree, which holds every byte of the file; the statements of a region, which
`ast` tells, are found in it by their place. The result is checked: each call guards the statements that it
stands for and no others, and taking it back (`unsplice`) gives the original byte for byte.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import libcst as cst

from loopwright.diagnostics import Declined
from loopwright.frontend.late_globals import late_globals, may_ask
from loopwright.frontend.parse import encoding_of, parse_text
from loopwright.frontend.region import Lowered, Module, Region
from loopwright.ir.domain import split_path
from loopwright.ir.results import Delivery
from loopwright.kernels import Home, kernels_home
from loopwright.kernels_entry import shared_roots
from loopwright.runtime.fingerprint import shape
from loopwright.runtime.guarded import Guarded, guarded_calls, loader_of
from loopwright.splice_block import (
    BLANK_ROWS,
    Layout,
    block_anchor,
    call_lines,
    import_block,
    loader_name,
    unique,
    unpack_lines,
)
from loopwright.splice_move import comments_within, fixed, moved, shifted
from loopwright.splice_read import code_of, read
from loopwright.splice_tree import (
    Body,
    Edit,
    Source,
    Spot,
    Unreadable,
    blocks,
    edited,
    is_head,
    statements,
)
from loopwright.unsplice import unsplice


@dataclass(frozen=True, slots=True)
class Placement:
    """The dispatch function `kernel_name` takes the place of `lowered.region`; `comment` says in a few
    words (ASCII, one line) by what right. `also` are other lowerings that it has kernels for."""

    lowered: Lowered
    kernel_name: str
    comment: str
    also: tuple[Lowered, ...] = ()

    @property
    def roots(self) -> tuple[str, ...]:
        """What to pass to the dispatch function."""
        return shared_roots((self.lowered, *self.also)).all


@dataclass(frozen=True, slots=True)
class _Names:
    kernels: str
    out: str
    loader: str


def splice(
    module: Module, placements: Sequence[Placement], home: Home | None = None, width: int = 88
) -> str | Declined:
    """The text of `module` with the calls of the kernels and the block that loads them.

    `home` is where the kernels live (by default in the file's outermost package); inserted rows are
    broken at `width`. Declined: as `refusal` says of one of the regions, and LW606 if the edit could not be
    taken back exactly.
    """
    for placement in placements:
        refused = refusal(placement.lowered.region)
        if refused is not None:
            return refused
    at, source = placements[0].lowered.region.span, source_of(module)
    assert isinstance(source, Source)
    names = _names(module.text)
    home = home or kernels_home(module.path, _tree_root(module))
    try:
        edits = [_import_edit(module.tree, source, home, names)]
        edits += [_place(source, placement, names, width) for placement in placements]
        result = code_of(edited(source.module, edits))
        sound = _is_sound(module, placements, result)
    except Unreadable as error:
        return Declined(at, "LW607", str(error))
    if not sound:
        return Declined(at, "LW606", "taking the insertion back does not give the original text")
    return result


def refusal(region: Region) -> Declined | None:
    """Why no call can be put at `region`, whatever its kernel: LW604 where it shares a row with other code,
    LW605 where the function looks at its own variables, LW607 if LibCST cannot read the file, LW609 where a
    global cannot be asked for."""
    source = source_of(region.module)
    if isinstance(source, Unreadable):
        return Declined(region.span, "LW607", str(source))
    first, last = (source.spots.get(region.statements[k]) for k in (0, -1))
    if first is None or last is None or not (first.starts and last.ends):
        return Declined(region.span, "LW604", "the region shares a row with other code")
    looked = _looks_at_itself(region.function)
    if looked is not None:
        why = f"`{region.qualname}` calls `{looked}`, which would show the added variable"
        return Declined(region.span, "LW605", why)
    late = late_globals(region.module, region.function, _roots(region))
    if late and not may_ask(region.module, region.function):
        why = f"`{next(iter(late))}` may not be bound yet, and `globals` may not be Python's own"
        return Declined(region.span, "LW609", why)
    return None


def _roots(region: Region) -> tuple[str, ...]:
    """The names that a kernel in place of the region may be given."""
    paths = (*(live.path for live in region.live_ins), *region.stores)
    return tuple(dict.fromkeys(split_path(path)[0] for path in paths))


@lru_cache(maxsize=4)
def source_of(module: Module) -> Source | Unreadable:
    """The file as LibCST's tree, or why that cannot read it."""
    try:
        return read(module)
    except Unreadable as error:
        return error


def encode_like(text: str, original: bytes) -> bytes:
    """`text` in the encoding of the source file `original`, with a byte order mark if that has one."""
    return text.encode(encoding_of(original))


def _names(source: str) -> _Names:
    taken = set(re.findall(r"\w+", source))
    return _Names(unique("_kernels", taken), unique("_out", taken), loader_name(taken))


def _tree_root(module: Module) -> Path:
    parts = len(module.name.split(".")) - (module.path.stem != "__init__")
    return module.path.parents[parts]


def _import_edit(tree: ast.Module, source: Source, home: Home, names: _Names) -> Edit:
    anchor = block_anchor(tree)
    rows = import_block(home.module, home.up, names.loader, names.kernels)
    function, assignment = statements(rows, source.newline)
    blank = [cst.EmptyLine(False, newline=cst.Newline(source.newline))] * BLANK_ROWS

    def below(body: Body) -> None:
        first = function.with_changes(leading_lines=[*blank, *function.leading_lines])
        body.lines[spot.at + 1 : spot.at + 1] = [first, assignment]

    def at_top(body: Body) -> None:
        above, heads = _split_heads(body.above(0))
        first = function.with_changes(leading_lines=[*above, *function.leading_lines])
        body.set_above(0, [*blank, *heads])
        body.lines[:0] = [first, assignment]

    spot = source.spots[tree.body[0] if anchor is None else anchor]
    return spot, at_top if anchor is None else below


def _split_heads(above: Sequence[cst.EmptyLine]) -> tuple[list[cst.EmptyLine], list[cst.EmptyLine]]:
    """The lines above a statement, and what stands before it on its own row."""
    return [x for x in above if not is_head(x)], [x for x in above if is_head(x)]


def _place(source: Source, placement: Placement, names: _Names, width: int) -> Edit:
    region = placement.lowered.region
    first, last = source.spots[region.statements[0]], source.spots[region.statements[-1]]
    if region.form == "block":
        return first, _block(source, placement, names, width, (first, last))
    return first, _body(source, placement, names, width, first)


def _looks_at_itself(function: ast.FunctionDef) -> str | None:
    for node in ast.walk(function):
        match node:
            case ast.Call(ast.Name("locals" | "eval" | "exec" as name)):
                return name
            case ast.Call(ast.Name("vars" | "dir" as name), []):
                return name
    return None


def _block(
    source: Source, placement: Placement, names: _Names, width: int, ends: tuple[Spot, Spot]
) -> Callable[[Body], None]:
    region, delivery = placement.lowered.region, placement.lowered.delivery
    first, last = ends
    base, unit = first.base, _unit(source, region)
    layout = Layout.within(base, width)
    call = (f"{names.kernels}.{placement.kernel_name}", _passed(placement, names))
    if delivery.nothing:
        rows = [*call_lines("if not ", call, ":", placement.comment, layout), f"{unit}pass"]
    else:
        rows = call_lines(f"if ({names.out} := ", call, ") is None:", placement.comment, layout)
        targets, value = delivery.targets, _value(names, delivery)
        rows += [f"{unit}pass", "else:", *unpack_lines(unit, targets, value, layout)]
    (guard,) = statements(rows, source.newline)
    assert isinstance(guard, cst.If)

    def wrap(body: Body) -> None:
        lines = body.lines[first.at : last.at + 1]
        above, heads = _split_heads(lines[0].leading_lines)
        lines[0] = lines[0].with_changes(leading_lines=heads)
        inner, behind = moved(lines, base, base + unit, source.unit)
        behind += [fixed(row, base) for row in body.above(last.at + 1)]
        # comments that stand deeper than the block are the region's
        count = comments_within(behind, base, deeper=True)
        body.set_above(last.at + 1, behind[count:])
        footer = shifted(behind[:count], base, base + unit)
        suite = guard.body.with_changes(body=inner, footer=footer)
        above += guard.leading_lines
        body.lines[first.at : last.at + 1] = [guard.with_changes(leading_lines=above, body=suite)]

    return wrap


def _body(
    source: Source, placement: Placement, names: _Names, width: int, first: Spot
) -> Callable[[Body], None]:
    region, delivery = placement.lowered.region, placement.lowered.delivery
    unit, layout = _unit(source, region), Layout.within(first.base, width)
    call = (f"{names.kernels}.{placement.kernel_name}", _passed(placement, names))
    if delivery.nothing:
        rows = [*call_lines("if ", call, ":", placement.comment, layout), f"{unit}return"]
    else:
        head, tail = f"if ({names.out} := ", ") is not None:"
        rows = call_lines(head, call, tail, placement.comment, layout)
        value = _value(names, delivery)
        if delivery.stores:
            targets = [*delivery.stores, *([names.out] if delivery.returns else [])]
            rows += unpack_lines(unit, targets, value, layout)
            value = names.out
        rows.append(f"{unit}return {value}" if delivery.returns else f"{unit}return")
    (guard,) = statements(rows, source.newline)

    def insert(body: Body) -> None:
        body.lines.insert(first.at, guard)

    return insert


def _passed(placement: Placement, names: _Names) -> tuple[str, ...]:
    """The arguments of the call. A global that may not be there yet is asked for, since the original may
    never read it; what stands in its place then is taken by no kernel."""
    region = placement.lowered.region
    late = late_globals(region.module, region.function, placement.roots)
    return tuple(
        f'globals().get("{late[root]}", {names.kernels})' if root in late else root
        for root in placement.roots
    )


def _value(names: _Names, delivery: Delivery) -> str:
    """What the kernel gives, behind the test that it gave something."""
    return f"{names.out}[0]" if delivery.boxed else names.out


def _unit(source: Source, region: Region) -> str:
    """One level of indentation, as the function's own body has it."""
    body = source.spots[region.function.body[0]].holder
    assert isinstance(body, cst.IndentedBlock)
    return body.indent or source.unit


def _is_sound(module: Module, placements: Sequence[Placement], result: str) -> bool:
    """The insertion can be taken back, and each call guards the very statements of its region."""
    parsed = parse_text(result, module.path, module.name)
    if isinstance(parsed, Declined):
        return False
    tree = parsed.tree
    guarded = guarded_calls(tree)
    loader = loader_of(tree) or ()
    before = list(_kept(module.tree.body, {}, ()))
    after = list(_kept(tree.body, {g.test: g for g in guarded}, loader))
    if list(map(type, before)) != list(map(type, after)):
        return False
    counterpart = dict(zip(before, after, strict=True))
    by_name = {g.kernel: g for g in guarded}
    for placement in placements:
        found, wanted = by_name.get(placement.kernel_name), placement.lowered.region.statements
        if found is None:
            return False
        if list(found.original) != [counterpart[stmt] for stmt in wanted]:
            return False
        inside = _kept(wanted, {}, ())
        if any(shape(_bare(s)) != shape(_bare(counterpart[s])) for s in inside):
            return False
    return unsplice(result) == module.text


def _bare(node: ast.AST) -> ast.AST:
    """`node` without the statements inside of it, which may be guarded themselves."""
    bare = copy(node)
    for name, value in ast.iter_fields(node):
        match value:
            case [ast.stmt(), *_]:
                setattr(bare, name, [])
            case [ast.ExceptHandler() | ast.match_case(), *_]:
                setattr(bare, name, [_bare(part) for part in value])
    return bare


def _kept(
    stmts: Sequence[ast.stmt], guards: Mapping[ast.stmt, Guarded], loader: Sequence[ast.stmt]
) -> Iterator[ast.stmt]:
    """All statements in source order, the inserted ones left out."""
    for stmt in stmts:
        guard = guards.get(stmt)
        if guard is not None:
            yield from _kept(guard.original if guard.inside else (), guards, loader)
        elif stmt not in loader:
            yield stmt
            for block in blocks(stmt):
                yield from _kept(block, guards, loader)
