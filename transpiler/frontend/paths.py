"""Live-ins and stores of a region: which values go in by which path, and which attributes are rebound.

`self.w` is a value of its own as long as nothing in the region rebinds `self`; where a chain stops being a
path of objects and starts to be an operation on an array (`self.w.shape`) is told from how it is used.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from loopwright.diagnostics import Declined, Span
from loopwright.frontend.called_objects import CALL
from loopwright.frontend.definite import Bound
from loopwright.frontend.effects import (
    Access,
    absorbed,
    accesses_and_held,
    call_of,
    chain_accesses,
    expand,
    is_library,
    objects_of,
)
from loopwright.frontend.held_objects import as_taken
from loopwright.frontend.liveness import Liveness, Variables
from loopwright.frontend.names import Chain, bound_names, mangled, walk_scope
from loopwright.frontend.region import LiveIn, Module
from loopwright.frontend.scopes import Kind, Site, kind_of_name, receiver
from loopwright.ir.domain import Step, path_text

_KINDS: dict[Kind, str] = {
    "local": "local",
    "closure": "closure",
    "global": "global",
    "import": "global",
}
Path = tuple[str, tuple[Step, ...]]


@dataclass(frozen=True, slots=True)
class Interface:
    """What goes into a region and which attribute paths it rebinds; `perhaps` as in `Region`."""

    live_ins: tuple[LiveIn, ...]
    stores: tuple[str, ...]
    perhaps: tuple[str, ...]


class _Paths:
    """The variables of a region: for each chain, the path that holds its value."""

    def __init__(self, module: Module, site: Site, stmts: Sequence[ast.stmt]) -> None:
        self._module, self._site = module, site
        self._rebound = frozenset(n for s in stmts for n in bound_names(s))
        self.accesses, self._held = accesses_and_held(module, site, stmts)
        self._taken = frozenset(chain.node for chain in self._held.values())
        self._absorbed: set[ast.AST] = set()
        self._read: dict[Chain, tuple[str, ...]] = {}
        own = receiver(site)
        self._called = {(a.root, a.steps) for a in self.accesses if a.called}
        self._objects = objects_of(self.accesses) | (frozenset() if own is None else {(own, ())})
        self.stored = dict.fromkeys(
            (a.root, a.steps)
            for a in self.accesses
            if a.store and a.root not in self._rebound and (a.root, a.steps[:-1]) in self._objects
        )

    def place(self, root: str, steps: tuple[Step, ...]) -> Path | None:
        """The path that holds the value read at a chain; None if that is an object, not a value."""
        if root in self._rebound:
            return root, ()
        for depth in range(len(steps) + 1):
            prefix = steps[:depth]
            if (root, prefix) in self.stored and depth > 0:
                return root, prefix
            if (root, prefix) not in self._objects:
                return root, prefix
        return (root, steps) if (root, (*steps, CALL)) in self._called else None

    def read(self, chain: Chain) -> tuple[str, ...]:
        """The values that are read at a chain; a call is asked for before its arguments."""
        if chain not in self._read:
            self._read[chain] = tuple(self._read_at(chain))
        return self._read[chain]

    def _read_at(self, chain: Chain) -> Iterator[str]:
        if chain.node in self._taken:
            return
        call = call_of(self._module, self._site, chain)
        if call is not None:
            self._absorbed |= {c.node for c in absorbed(self._module, call)}
            found = [a for a in expand(self._module, call) if not a.store]
        elif chain.node in self._absorbed:
            return
        else:
            found = list(chain_accesses(self._module, self._site, chain))
        for access in (as_taken(a, self._held) for a in found):
            path = self.place(access.root, access.steps)
            if path is not None:
                yield path_text(*path)

    def kill(self, chain: Chain) -> str | None:
        if not chain.steps:
            return chain.root
        made = as_taken(Access(chain.root, chain.steps), self._held)
        path = (made.root, made.steps)
        return path_text(*path) if path in self.stored else None


def interface(
    module: Module,
    site: Site,
    stmts: Sequence[ast.stmt],
    live_outs: Sequence[str],
    entry: Bound,
    span: Span,
) -> Interface | Declined:
    """The live-ins and stores of the statements `stmts` of the function of `site`.

    Declined: LW280 if a rebound entry may be one of another dict too, LW281 if a value is perhaps
    not bound at the region's start, LW282 if a global that a called function reads is hidden by a local.
    """
    paths = _Paths(module, site, stmts)
    stores = tuple(path_text(*p) for p in paths.stored)
    for problem in _problems(paths, module, site, span):
        return problem
    out = frozenset((*live_outs, *stores))
    # stores have values at every return, local names have none
    needed = Liveness(Variables(paths.read, paths.kill), catches=False).run(
        stmts, out, frozenset(stores)
    )
    order = dict.fromkeys(
        p for a in paths.accesses if (p := paths.place(a.root, a.steps)) is not None
    )
    order.update(dict.fromkeys((name, ()) for name in (*live_outs, *_counted(stmts))))
    called = {(a.root, a.steps) for a in paths.accesses if a.called}
    sure = {paths.place(a.root, a.steps) for a in paths.accesses if not a.maybe}
    sure |= {(name, ()) for name in live_outs}
    names = _Namer(site)
    live_ins: list[LiveIn] = []
    for root, steps in order:
        if path_text(root, steps) not in needed:
            continue
        kind = kind_of_name(module, site, root)
        if kind == "import" and is_library(module, root):
            continue  # a function of it that is handed on
        if kind == "unsure" or (kind == "local" and entry.is_open(root)):
            return Declined(span, "LW281", f"`{root}` is perhaps not bound where the region starts")
        if kind not in _KINDS or (kind == "local" and not entry.is_sure(root)):
            continue
        live_in = _live_in(names, root, steps, kind)
        path = (root, steps)
        live_ins.append(replace(live_in, called=path in called, sure=path in sure))
    for root, _ in paths.stored:
        if kind_of_name(module, site, root) == "local" and not entry.is_sure(root):
            return Declined(span, "LW281", f"`{root}` is perhaps not bound where the region starts")
    certain = {(a.root, a.steps) for a in paths.accesses if a.store and not a.maybe}
    perhaps = tuple(path_text(*p) for p in paths.stored if p not in certain)
    return Interface(tuple(live_ins), stores, perhaps)


def _counted(stmts: Sequence[ast.stmt]) -> Iterator[str]:
    """Names that augmented assignments read, although nothing may look at what they get."""
    for stmt in stmts:
        for node in (stmt, *walk_scope(stmt)):
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                yield node.target.id


def _problems(paths: _Paths, module: Module, site: Site, span: Span) -> Iterator[Declined]:
    places = {p for a in paths.accesses if (p := paths.place(a.root, a.steps)) is not None and p[1]}
    for stored in paths.stored:
        for other in sorted(places | set(paths.stored)):
            # that two attributes are of one object is told at run time, by the guard
            if other != stored and other[1][-1] == stored[1][-1] and stored[1][-1][0] == "item":
                first, second = sorted((path_text(*stored), path_text(*other)))
                yield Declined(span, "LW280", f"`{first}` and `{second}` may be one variable")
    for access in paths.accesses:
        if access.hidden:
            yield Declined(span, "LW282", f"a called function means another `{access.root}`")


class _Namer:
    """Identifiers for paths, unique within one function."""

    def __init__(self, site: Site) -> None:
        self.owner = site.owner
        self._taken = set(_words_of(site.node))

    def name(self, root: str, steps: tuple[Step, ...]) -> str:
        if not steps:
            return root
        words = (re.sub(r"\W", "_", str(key)) for _, key in steps)
        stem = candidate = "_".join((root, *words))
        count = 1
        while candidate in self._taken:
            count += 1
            candidate = f"{stem}_{count}"
        self._taken.add(candidate)
        return candidate


@lru_cache(maxsize=256)
def _words_of(function: ast.FunctionDef) -> frozenset[str]:
    nodes = list(ast.walk(function))
    names = {n.id for n in nodes if isinstance(n, ast.Name)}
    return frozenset(names | {a.arg for a in nodes if isinstance(a, ast.arg)})


def _live_in(names: _Namer, root: str, steps: tuple[Step, ...], kind: Kind) -> LiveIn:
    real = tuple((k, mangled(str(v), names.owner) if k == "attr" else v) for k, v in steps)
    path = path_text(root, real)
    label = "attribute" if steps else _KINDS[kind]
    return LiveIn(names.name(root, steps), path, label)  # type: ignore[arg-type]
