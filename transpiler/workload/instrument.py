"""Probes around regions, put in by an `ast` transformation that keeps line numbers.

    n[3] -= 1
    token = enter(3, X, Y) if n[3] < 1 else None
    try:
        ...the region...
    finally:
        if token is not None: leave(token)

`n` counts down to the next call that the recorder wants to see, so that the others cost next to nothing.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from loopwright.frontend.outline import every_region, outline
from loopwright.frontend.region import Module, Region
from loopwright.frontend.scopes import kind_of_name, site_of
from loopwright.ir.domain import split_path
from loopwright.workload.digest import text_digest
from loopwright.workload.probes import COUNTS, ENTER, LEAVE, Probe, Source


@dataclass(frozen=True, slots=True)
class Instrumented:
    """The changed tree, and its probes by number."""

    tree: ast.Module
    probes: tuple[Probe, ...]


def instrument(module: Module, recorder: str, file: str) -> Instrumented:
    """Put a probe around every region of `module`. The module's tree is changed in place.

    Its code begins with `recorder.arm(file, globals())`, for `recorder` the name of a loaded module and
    `file` what it knows the probes by.
    """
    regions = list(every_region(outline(module)))
    probes: list[Probe] = []
    arguments: list[tuple[str, ...]] = []
    for region in regions:
        sources, given = _sources(region)
        probes.append(Probe(region.id, text_digest(region), sources))
        arguments.append(given)
    lists = _statement_lists(module.tree)
    first: dict[ast.stmt, ast.stmt] = {}
    last: dict[ast.stmt, ast.stmt] = {}
    # inner regions first, so that an outer one wraps the probes of the inner ones with the rest
    for number in sorted(range(len(regions)), key=lambda n: _extent(regions[n])):
        stmts = regions[number].statements
        inside = lists[stmts[0]]
        start = inside.index(first.get(stmts[0], stmts[0]))
        end = inside.index(last.get(stmts[-1], stmts[-1]))
        count, enter, guarded = _probe(number, arguments[number], inside[start : end + 1])
        inside[start : end + 1] = [count, enter, guarded]
        first[stmts[0]] = count
        last[stmts[-1]] = guarded
    if regions:
        _insert_arming(module.tree, recorder, file)
    return Instrumented(ast.fix_missing_locations(module.tree), tuple(probes))


def _insert_arming(tree: ast.Module, recorder: str, file: str) -> None:
    """Behind the docstring and the `__future__` imports, on the line of what follows."""
    arming = ast.parse(f"__import__('sys').modules[{recorder!r}].arm({file!r}, globals())").body[0]
    at = int(ast.get_docstring(tree, clean=False) is not None)
    while at < len(tree.body) and (
        isinstance(stmt := tree.body[at], ast.ImportFrom) and stmt.module == "__future__"
    ):
        at += 1
    line = tree.body[min(at, len(tree.body) - 1)].lineno
    for node in ast.walk(arming):
        if isinstance(node, ast.expr | ast.stmt):
            node.lineno = node.end_lineno = line
    tree.body.insert(at, arming)


def _extent(region: Region) -> tuple[int, int, bool]:
    span = region.span
    lines = span.end_line - span.line
    columns = span.end_col - span.col if lines == 0 else 0
    return lines, columns, region.form == "body"


def _sources(region: Region) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    site = site_of(region.module, region.function)
    given: dict[str, int] = {}
    sources: list[Source] = []
    for live_in in region.live_ins:
        root, steps = split_path(live_in.path)
        argument = None
        if kind_of_name(region.module, site, root) in ("local", "closure"):
            argument = given.setdefault(root, len(given))
        sources.append(Source(live_in.name, root, argument, steps, live_in.called))
    return tuple(sources), tuple(given)


def _statement_lists(tree: ast.AST) -> dict[ast.stmt, list[ast.stmt]]:
    found: dict[ast.stmt, list[ast.stmt]] = {}
    for node in ast.walk(tree):
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                found.update(dict.fromkeys(value, value))
    return found


def _probe(
    number: int, given: tuple[str, ...], body: list[ast.stmt]
) -> tuple[ast.stmt, ast.stmt, ast.stmt]:
    token = f"_loopwright_{number}"
    text = (
        f"{COUNTS}[{number}] -= 1\n"
        f"{token} = {ENTER}({', '.join((str(number), *given))}) if {COUNTS}[{number}] < 1 else None\n"
        f"try:\n    pass\nfinally:\n    if {token} is not None:\n        {LEAVE}({token})\n"
    )
    count, enter, guarded = ast.parse(text).body
    assert isinstance(guarded, ast.Try)
    at, end = body[0], body[-1]
    for part in (count, enter, guarded):
        for node in ast.walk(part):
            if isinstance(node, ast.expr | ast.stmt):
                node.lineno = node.end_lineno = at.lineno
                node.col_offset = node.end_col_offset = at.col_offset
    for final in guarded.finalbody:
        for node in ast.walk(final):
            if isinstance(node, ast.expr | ast.stmt):
                node.lineno = node.end_lineno = end.end_lineno or end.lineno
    guarded.body = body
    return count, enter, guarded
