"""Regions of any statements, with kernels that nobody wrote; and what must hold of any spliced text.

The checks go by `ast` and by rows, never by what splices.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from loopwright.diagnostics import Declined, Span
from loopwright.frontend.function_facts import span_of
from loopwright.frontend.parse import parse_text
from loopwright.frontend.region import Lowered, Module, Reference, Region
from loopwright.ir.domain import Domain, Param
from loopwright.ir.nodes import Const, Func, Nothing, Pack, Program, Return, Value
from loopwright.ir.types import F64, FLOAT
from loopwright.splice import Placement

AT = Span(1, 0, 1, 0)
KERNELS = "_kernels"


def module_of_text(text: str) -> Module | None:
    """None if it is not valid Python."""
    module = parse_text(text, Path("/tree/mod.py"), "mod")
    return None if isinstance(module, Declined) else module


def placed(region: Region, name: str) -> Placement:
    """A placement of `region` with as many results as its form asks for."""
    live_ins = region.live_ins[:3]
    params = tuple(Param(live.name, live.path, FLOAT) for live in live_ins)
    count = len(region.live_outs) + len(region.stores)
    values = tuple(Value(k, FLOAT) for k in range(count + (region.form == "body" and count % 2)))
    rebuild = Nothing() if not values else values[0] if len(values) == 1 else Pack(values)
    body = (Return(tuple(Const(0.0, F64) for _ in values), AT),)
    main = Func("fast", (), tuple(F64 for _ in values), body, AT, "low")
    reference = Reference("", "entry", ())
    lowered = Lowered(region, Program(main, rebuild), Domain(params), reference, ())
    return Placement(lowered, name, "numpy, tested, 9x")


def some_regions(module: Module, rng: random.Random, most: int = 4) -> list[Region]:
    """Disjoint regions of neighbouring statements anywhere in plain functions."""
    lists = list(_lists(module.tree.body, None))
    rng.shuffle(lists)
    found: list[Region] = []
    for function, stmts, whole in lists[: 3 * most]:
        first = rng.randrange(len(stmts))
        run = stmts[first : rng.randint(first, len(stmts) - 1) + 1]
        body = whole and rng.random() < 0.3
        if body:
            run = stmts[ast.get_docstring(function, clean=False) is not None :]
        if run:
            outs = tuple(f"out_{k}" for k in range(rng.choice([0, 0, 1, 2])))
            found.append(_region(module, function, run, "body" if body else "block", outs))
    return disjoint(found)[:most]


def disjoint(regions: Iterable[Region]) -> list[Region]:
    """Those of `regions` that share no statement with one before."""
    found: list[Region] = []
    taken: set[ast.stmt] = set()
    for region in regions:
        inside = _inside(region.statements)
        if not inside & taken:
            taken |= inside
            found.append(region)
    return found


def _inside(stmts: Sequence[ast.stmt]) -> set[ast.stmt]:
    return {node for stmt in stmts for node in ast.walk(stmt) if isinstance(node, ast.stmt)}


def _region(
    module: Module,
    function: ast.FunctionDef,
    run: Sequence[ast.stmt],
    form: str,
    outs: tuple[str, ...],
) -> Region:
    span = span_of(run)
    stores = ("self.w",) if form == "body" and outs else ()
    return Region(
        id="r", module=module, qualname=function.name, form="body" if form == "body" else "block",
        function=function, owner=None, statements=tuple(run), live_ins=(),
        live_outs=outs if form == "block" else (), stores=stores, inner=(), span=span,
    )  # fmt: skip


def _lists(
    stmts: Sequence[ast.stmt], function: ast.FunctionDef | None
) -> Iterator[tuple[ast.FunctionDef, list[ast.stmt], bool]]:
    """The function around each statement list, the list, and whether it is the function's own."""
    for stmt in stmts:
        inner = function
        if isinstance(stmt, ast.FunctionDef):
            inner = stmt
            yield stmt, stmt.body, True
        elif isinstance(stmt, ast.AsyncFunctionDef | ast.ClassDef):
            inner = None
        for block in _blocks(stmt):
            if inner is not None and block is not getattr(inner, "body", None):
                yield inner, block, False
            yield from _lists(block, inner)


def _blocks(stmt: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(stmt, name, [])
        if block:
            yield block
    for part in (*getattr(stmt, "handlers", ()), *getattr(stmt, "cases", ())):
        yield part.body


# ------------------------------------------------------------ what must hold


def shares_rows(text: str, region: Region) -> bool:
    """True if other code stands on a row with the region, or it is an `elif`."""
    rows = [row.encode() for row in split_rows(text)]
    first, last = region.statements[0], region.statements[-1]
    decorated = bool(getattr(first, "decorator_list", ()))
    begun = b"" if decorated else rows[first.lineno - 1][: first.col_offset].strip(b" \t\f")
    assert last.end_lineno is not None
    behind = rows[last.end_lineno - 1][last.end_col_offset :].strip()
    is_elif = rows[first.lineno - 1][first.col_offset :].startswith(b"elif")
    return bool(begun) or is_elif or (bool(behind) and not behind.startswith(b"#"))


def assert_only_inserted(text: str, result: str, placements: Sequence[Placement]) -> None:
    """Taking the guards out of the syntax tree of `result` gives that of `text`, with each guard at the
    region of its placement; and each row of `text` is in `result`, those outside of regions unchanged."""
    original, tree = ast.parse(text), ast.parse(result)
    guards: dict[str, list[ast.stmt]] = {}
    undone(tree, guards)
    assert ast.dump(tree) == ast.dump(original)
    numbers = {stmt: k for k, stmt in enumerate(all_statements(original.body))}
    found = {stmt: k for k, stmt in enumerate(all_statements(tree.body))}
    module = placements[0].lowered.region.module
    theirs = dict(zip(all_statements(module.tree.body), numbers.values(), strict=True))
    assert len(guards) == len(placements)
    for placement in placements:
        wanted = [theirs[stmt] for stmt in placement.lowered.region.statements]
        assert [found[stmt] for stmt in guards[placement.kernel_name]] == wanted
    _assert_rows(text, result, placements)


def _assert_rows(text: str, result: str, placements: Sequence[Placement]) -> None:
    """The rows of `text` are among those of `result`, in order; only those of blocks are indented more."""
    moved = {
        row
        for p in placements
        if p.lowered.region.form == "block"
        for row in range(p.lowered.region.span.line, p.lowered.region.span.end_line + 1)
    }
    rows = iter(split_rows(result))
    for number, row in enumerate(split_rows(text), start=1):
        free = number in moved or row.strip().startswith("#")
        wanted = row.strip() if free else row
        # the last row may have had no line end
        kinds = ((f.strip(),) if free else (f, f.rstrip("\r\n")) for f in rows)
        assert any(wanted in kind for kind in kinds), (number, row)


def split_rows(text: str) -> list[str]:
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text)


def _loads(stmt: ast.stmt) -> bool:
    """True for the two statements of the import block."""
    return getattr(stmt, "name", "") == "_load_kernels" or (
        isinstance(stmt, ast.Assign) and ast.unparse(stmt) == f"{KERNELS} = _load_kernels()"
    )


def all_statements(stmts: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for stmt in stmts:
        yield stmt
        for block in _blocks(stmt):
            yield from all_statements(block)


def undone(tree: ast.Module, guards: dict[str, list[ast.stmt]] | None = None) -> ast.Module:
    """`tree` without what was inserted; what each guard stands for is put into `guards` by kernel."""
    kept = [stmt for stmt in tree.body if not _loads(stmt)]
    tree.body = _undone(kept, {} if guards is None else guards)
    return tree


def _undone(stmts: list[ast.stmt], guards: dict[str, list[ast.stmt]]) -> list[ast.stmt]:
    kept: list[ast.stmt] = []
    for at, stmt in enumerate(stmts):
        call = ast.unparse(stmt.test) if isinstance(stmt, ast.If) else ""
        if f"{KERNELS}." not in call:
            for holder in (stmt, *getattr(stmt, "handlers", ()), *getattr(stmt, "cases", ())):
                for name in ("body", "orelse", "finalbody"):
                    if getattr(holder, name, None):
                        setattr(holder, name, _undone(getattr(holder, name), guards))
            kept.append(stmt)
            continue
        assert isinstance(stmt, ast.If)
        name = call.partition(f"{KERNELS}.")[2].partition("(")[0]
        if call.startswith("not ") or call.endswith("is None"):
            guards[name] = stmt.body
            kept += stmt.body
        else:
            guards[name] = stmts[at + 1 :]
    return kept
