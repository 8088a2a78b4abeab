"""Regions: what of a module may be compiled, from whole function bodies down to inner loops.

For each plain function the first choice is its body, or, where that is not coverable as a whole, its end from
some statement on, if that returns from within or computes what it returns. Otherwise, and within these, come
the longest groups of neighbouring coverable statements that hold a loop or array work; within a group each
loop, first with the allocations right before it (fresh arrays need no guard) and what binds its names surely,
then alone; within a loop the same again. A block never holds a `return`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

from loopwright.diagnostics import Declined, Span
from loopwright.frontend.contexts import makes_errors
from loopwright.frontend.coverable import has_loop, repeats, resolve
from loopwright.frontend.function_facts import FunctionFacts, end_of, facts_of, span_of
from loopwright.frontend.names import children, walk_scope, yields
from loopwright.frontend.paths import Interface
from loopwright.frontend.region import Module, Region
from loopwright.frontend.scopes import Site, site_of, sites

_COMPILERS = frozenset(
    """numba jax torch tensorflow taichi triton cupy cython Cython pythran dace pyccel transonic theano
    pytensor warp mypyc""".split()  # noqa: SIM905
)
_FRAME_READERS = frozenset(("locals", "vars", "eval", "exec", "dir"))
_ARRAY_WORK = 2
_SHOWN = 40
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.expr)
_Inner = Callable[[], list[Region]]


def outline(module: Module) -> tuple[Region, ...]:
    """The outermost candidate regions of `module` in source order, each with its `inner` alternatives."""
    return _outline(module)[0]


def excluded(module: Module) -> tuple[Declined, ...]:
    """A note for each outermost loop that is part of no region at all, and for each group of statements
    that is no region for the way its names are bound."""
    return _outline(module)[1]


def region_of_function(module: Module, qualname: str) -> Region | Declined:
    """The body region of one function.

    It is made even where `outline` would not expect it to compile; Declined (LW180) for generators and
    for functions that another compiler translates, (LW28x) where the region has no interface. Raises
    KeyError if there is no such plain function.
    """
    site = next((s for s in sites(module) if s.qualname == qualname), None)
    if site is None:
        raise KeyError(f"{module.name} has no plain function {qualname}")
    reason = _not_ours(module, site)
    if reason is None and yields(site.node):
        reason = f"`{site.qualname}` is a generator"
    if reason is not None:
        return Declined(span_of([site.node]), "LW180", reason)
    return _FunctionOutline(facts_of(module, site)).body()


def regions_beside(region: Region, at: Span) -> tuple[Region, ...]:
    """The groups of `region` before and behind its statement that holds the place `at`.

    What to try when lowering declined a region for that place; empty if there is nothing beside it.
    """
    function = facts_of(region.module, site_of(region.module, region.function))
    outline_ = _FunctionOutline(function, region.id)
    stmts = region.statements
    for k, stmt in enumerate(stmts):
        if (stmt.lineno, stmt.col_offset) <= (at.line, at.col) < (end_of(stmt)):
            behind = outline_.groups(stmts[k + 1 :], at_end=region.form == "body")
            return (*outline_.groups(stmts[:k]), *behind)
    return ()


def every_region(regions: Sequence[Region]) -> Iterator[Region]:
    """`regions` and all their inner alternatives, each once, outer before inner."""
    seen: set[str] = set()
    todo = list(reversed(regions))
    while todo:
        region = todo.pop()
        if region.id not in seen:
            seen.add(region.id)
            yield region
            todo.extend(reversed(region.inner))


def statements_of(function: ast.FunctionDef) -> tuple[ast.stmt, ...]:
    """The body without its docstring."""
    docstring = ast.get_docstring(function, clean=False) is not None
    return tuple(function.body[docstring:])


@lru_cache(maxsize=64)
def _outline(module: Module) -> tuple[tuple[Region, ...], tuple[Declined, ...]]:
    regions: list[Region] = []
    notes: list[Declined] = []
    for site in sites(module):
        reason = _not_ours(module, site)
        if reason is not None:
            if any(has_loop(s) for s in site.node.body):
                notes.append(Declined(span_of([site.node]), "LW180", reason))
            continue
        function = _FunctionOutline(facts_of(module, site))
        found = function.regions()
        regions += found
        notes += _beyond(function.declined, found)
        notes += function.left_over(found)
    notes += _outside(module.tree)
    return tuple(regions), tuple(sorted(notes, key=lambda n: (n.at.line, n.at.col)))


def _beyond(notes: Sequence[Declined], regions: Sequence[Region]) -> Iterator[Declined]:
    """The notes on code that no region holds."""
    spans = [region.span for region in every_region(regions)]
    for note in notes:
        at = note.at
        if not any(
            (s.line, s.col) <= (at.line, at.col)
            and (at.end_line, at.end_col) <= (s.end_line, s.end_col)
            for s in spans
        ):
            yield note


def _outside(node: ast.AST) -> Iterator[Declined]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.FunctionDef() | ast.Lambda():
                continue
            case ast.AsyncFunctionDef() if any(has_loop(s) for s in child.body):
                yield Declined(span_of([child]), "LW180", f"`{child.name}` is a coroutine")
            case ast.For() | ast.While():
                yield Declined(span_of([child]), "LW180", "the loop is not in a function")
            case ast.stmt() | ast.ExceptHandler() | ast.match_case():
                yield from _outside(child)


def _not_ours(module: Module, site: Site) -> str | None:
    for decorator in site.node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        origin = resolve(module, site, target)
        if origin is not None and origin.split(".")[0] in _COMPILERS:
            return f"`{site.qualname}` is compiled by {origin}"
    for part in walk_scope(site.node):
        if makes_errors(part):
            return f"`{site.qualname}` turns warnings into errors"
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            if part.func.id in _FRAME_READERS and not (part.func.id == "vars" and part.args):
                return f"`{site.qualname}` looks at its own variables by `{part.func.id}`"
    return None


class _FunctionOutline:
    """The regions of one function. `prefix` replaces its qualified name in identifiers."""

    def __init__(self, facts: FunctionFacts, prefix: str | None = None) -> None:
        self._facts = facts
        self._site = facts.site
        self._coverable = facts.coverable
        self._prefix = prefix or facts.site.qualname
        self._stmts = statements_of(facts.site.node)
        self._count = 0
        self._loops: dict[ast.stmt, list[Region]] = {}
        self.declined: list[Declined] = []

    def regions(self) -> list[Region]:
        whole = all(self._coverable.obstacle(s, returns=True) is None for s in self._stmts)
        worthwhile = repeats(self._site.node) or self._worthwhile(self._stmts)
        if not self._stmts or not whole or not worthwhile:
            self._count = 1
            return self.groups(self._stmts, at_end=True)
        body = self.body()
        if isinstance(body, Region):
            return [body]
        self.declined.append(body)
        return self.groups(self._stmts, at_end=True)

    def left_over(self, regions: Sequence[Region]) -> Iterator[Declined]:
        """A note on each outermost loop that no region holds and no note is about."""
        held = {stmt for region in regions for stmt in region.statements}
        told = [note.at for note in self.declined]
        todo: list[ast.AST] = list(reversed(self._stmts))
        while todo:
            part = todo.pop()
            if part in held or isinstance(part, _DEFINITIONS):
                continue
            if not isinstance(part, ast.For | ast.AsyncFor | ast.While):
                todo += reversed([c for c in children(part) if not isinstance(c, ast.expr)])
            elif not any(
                at.line <= part.lineno and end_of(part) <= (at.end_line, at.end_col) for at in told
            ):
                yield _obstacle_note(part, self._coverable.obstacle(part))

    def body(self) -> Region | Declined:
        if not self._stmts:
            return Declined(span_of([self._site.node]), "LW101", "the function has no statements")
        self._count = 1
        interface_ = self._facts.of_body(self._stmts)
        if isinstance(interface_, Declined):
            return interface_
        inner = self.groups(self._stmts)
        if len(inner) == 1 and inner[0].statements == self._stmts:
            inner = list(inner[0].inner)
        return self._region("body", 0, self._stmts, interface_, (), inner)

    def groups(self, stmts: Sequence[ast.stmt], *, at_end: bool = False) -> list[Region]:
        """The longest runs of coverable statements that are worthwhile, and what is inside of the others.

        `at_end`: the function ends with the last of `stmts`.
        """
        end = self._end(stmts) if at_end else None
        if end is not None:
            return [*self.groups(stmts[: -len(end.statements)]), end]
        found: list[Region] = []
        run: list[ast.stmt] = []
        for stmt in stmts:
            if self._fits(stmt):
                run.append(stmt)
                continue
            found += self._group(run)
            found += self._nested(stmt)
            run = []
        return found + self._group(run)

    def _end(self, stmts: Sequence[ast.stmt]) -> Region | None:
        """The longest end of the function in `stmts`, not all of it, that is coverable with its returns; None
        if a block would do as well."""
        first = len(stmts)
        while first > 0 and self._fits(stmts[first - 1], returns=True):
            first -= 1
        end = stmts[first:]
        if not (0 < len(end) < len(self._stmts)) or yields(self._site.node):
            return None
        if not self._returns_from_within(end) or not self._worthwhile(end):
            return None
        if self._facts.escape(end):
            return None
        at = self._count
        interface_ = self._facts.of_body(end)
        if isinstance(interface_, Declined):
            self.declined.append(interface_)
            return None
        self._count += 1
        return self._region("body", at, end, interface_, (), self.groups(end))

    def _returns_from_within(self, end: Sequence[ast.stmt]) -> bool:
        """Whether there is more about returning than a last statement that tells what was computed."""
        if any(self._coverable.obstacle(stmt) for stmt in end[:-1]):
            return True
        match end[-1]:
            case ast.Return(value):
                return value is not None and (
                    has_loop(value) or self._coverable.has_arrays(end[-1])
                )
            case last:
                return self._coverable.obstacle(last) is not None

    def _fits(self, stmt: ast.stmt, returns: bool = False) -> bool:
        if isinstance(stmt, ast.FunctionDef):
            return False
        if isinstance(stmt, ast.Assign) and isinstance(stmt.value, ast.Lambda):
            return False
        return self._coverable.obstacle(stmt, returns) is None

    def _worthwhile(self, stmts: Sequence[ast.stmt]) -> bool:
        if any(has_loop(s) for s in stmts):
            return True
        if sum(map(self._coverable.weight, stmts)) < _ARRAY_WORK:
            return False
        arrays = self._facts.numpy and any(map(self._coverable.has_arrays, stmts))
        return self._facts.typed or arrays

    def _group(self, run: Sequence[ast.stmt]) -> list[Region]:
        if not run or not self._worthwhile(run):
            return []
        if not any(has_loop(s) for s in run):
            work = [k for k, s in enumerate(run) if self._coverable.weight(s) > 0]
            run = run[work[0] : work[-1] + 1]
        if len(run) == 1 and run[0] in self._loops:
            return self._loops[run[0]]
        return self._block(run, lambda: self._loops_of(run))

    def _loops_of(self, run: Sequence[ast.stmt]) -> list[Region]:
        """Alternatives to the group `run`: its loops, with and without the allocations before them."""
        found: list[Region] = []
        for k, stmt in enumerate(run):
            if not has_loop(stmt):
                continue
            first = k
            while first > 0 and self._coverable.is_allocation(run[first - 1]):
                first -= 1
            first = self._bound_from(run, first, k)
            if 0 < k - first < len(run) - 1:
                found += self._block(run[first : k + 1], lambda s=stmt: self._single(s))  # type: ignore[misc]
            elif len(run) > 1:
                found += self._single(stmt)
            else:
                found += self._nested(stmt)
        return found

    def _bound_from(self, run: Sequence[ast.stmt], first: int, last: int) -> int:
        """From where on a block to `last` has an interface, if the names that are perhaps not bound at
        `first` are bound a little earlier in `run`; else `first`."""
        for start in range(first, -1, -1):
            found = self._facts.of_block(run[start : last + 1])
            if not isinstance(found, Declined) or found.code != "LW281":
                return start
        return first

    def _single(self, stmt: ast.stmt) -> list[Region]:
        if stmt not in self._loops:
            self._loops[stmt] = self._block([stmt], lambda: self._nested(stmt))
        return self._loops[stmt]

    def _nested(self, stmt: ast.stmt) -> list[Region]:
        """Groups in the statement lists that a compound statement holds."""
        if isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return []
        found: list[Region] = []
        for name in ("body", "handlers", "orelse", "finalbody", "cases"):
            part = getattr(stmt, name, [])
            if name == "orelse" and _is_elif(stmt, part):
                found += self._nested(part[0])  # a block has no place there
                continue
            for holder in part if name in ("handlers", "cases") else [None]:
                found += self.groups(part if holder is None else holder.body)
        return found

    def _block(self, run: Sequence[ast.stmt], inner: _Inner) -> list[Region]:
        """The block of `run`, or its alternatives if its names do not permit one."""
        at = self._count
        self._count += 1
        interface_ = self._facts.of_block(run)
        if isinstance(interface_, Declined):
            self.declined.append(interface_)
            return inner()
        return [self._region("block", at, run, interface_, self._facts.live_outs(run), inner())]

    def _region(
        self,
        form: Literal["body", "block"],
        at: int,
        stmts: Sequence[ast.stmt],
        interface_: Interface,
        live_outs: tuple[str, ...],
        inner: list[Region],
    ) -> Region:
        return Region(
            id=f"{self._prefix}/{at}:{form}",
            module=self._facts.module,
            qualname=self._site.qualname,
            form=form,
            function=self._site.node,
            owner=self._site.owner,
            statements=tuple(stmts),
            live_ins=interface_.live_ins,
            live_outs=live_outs,
            stores=interface_.stores,
            inner=tuple(inner),
            span=span_of(stmts),
            perhaps=interface_.perhaps,
        )


def _obstacle_note(loop: ast.stmt, obstacle: ast.AST | None) -> Declined:
    """Why a loop is part of no region: what in it is surely not covered."""
    match obstacle:
        case ast.Yield() | ast.YieldFrom():
            at = Span(obstacle.lineno, obstacle.col_offset, *end_of(obstacle))
            return Declined(at, "LW180", "the loop hands out its results one at a time by `yield`")
        case ast.Call():
            code, shown = "LW102", ast.unparse(obstacle.func)
        case ast.expr():
            code, shown = "LW103", ast.unparse(obstacle)
        case ast.stmt():
            code, shown = "LW101", ast.unparse(obstacle)
        case _:
            return Declined(span_of([loop]), "LW101", "the loop holds code that is not covered")
    first = shown.splitlines()[0]
    short = first if first == shown and len(first) <= _SHOWN else f"{first[:_SHOWN]}..."
    at = Span(obstacle.lineno, obstacle.col_offset, *end_of(obstacle))
    return Declined(at, code, f"`{short}` is not covered")


def _is_elif(stmt: ast.stmt, orelse: Sequence[ast.stmt]) -> bool:
    """True if `orelse` is an `elif` of `stmt`: what stands below an `else` is indented more."""
    match stmt, orelse:
        case ast.If(), [ast.If() as inner]:
            return inner.col_offset == stmt.col_offset
        case _:
            return False
