"""What is known of one function, whatever of it becomes a region: live variables, which names are bound,
and the interface of each group of its statements.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from loopwright.diagnostics import Declined, Span
from loopwright.frontend.coverable import Coverable
from loopwright.frontend.definite import Assigned, Bound
from loopwright.frontend.liveness import Liveness
from loopwright.frontend.names import bound_names, free_names, parameters, scope_locals, walk_scope
from loopwright.frontend.paths import Interface, interface
from loopwright.frontend.region import Module
from loopwright.frontend.scopes import Site, kind_of_name, module_names

_EATERS = frozenset("sum min max any all list tuple sorted set dict frozenset".split())  # noqa: SIM905
_LAZY = frozenset(("enumerate", "zip"))


def span_of(stmts: Sequence[ast.stmt]) -> Span:
    """From the start of the first statement to the end of the last."""
    line, col = end_of(stmts[-1])
    first = stmts[0]
    decorators = getattr(first, "decorator_list", [])
    return Span(min([first.lineno, *(d.lineno for d in decorators)]), first.col_offset, line, col)


def end_of(stmt: ast.stmt | ast.expr) -> tuple[int, int]:
    """Line and column behind the last character."""
    return stmt.end_lineno or stmt.lineno, stmt.end_col_offset or stmt.col_offset


class FunctionFacts:
    """What is known of one function, whatever of it becomes a region."""

    def __init__(self, module: Module, site: Site) -> None:
        self.module, self.site = module, site
        self.coverable = Coverable(module, site)
        origins = module_names(module).imports.values()
        self.numpy = any(o.split(".")[0] == "numpy" for o in origins)
        self.typed = any("rray" in ast.unparse(node) for _, node in _annotated(site.node))
        self._interfaces: dict[tuple[ast.stmt, ...], Interface | Declined] = {}

    @cached_property
    def _escaping(self) -> frozenset[str]:
        return _escaping(self.site.node, self._is_builtin)

    def _is_builtin(self, name: str) -> bool:
        return kind_of_name(self.module, self.site, name) == "builtin"

    @cached_property
    def _after(self) -> Mapping[ast.stmt, frozenset[str]]:
        liveness = Liveness()
        liveness.run(self.site.node.body)
        return liveness.after

    @cached_property
    def _bound(self) -> Mapping[ast.stmt, Bound]:
        given = frozenset(parameters(self.site.node))
        passing = frozenset(name for name in ("open",) if self._is_builtin(name))
        return Assigned(self.site.node.body, given, passing).before

    def live_outs(self, run: Sequence[ast.stmt]) -> tuple[str, ...]:
        live = self._after[run[-1]] | self._escaping
        bound = [n for s in run for n in bound_names(s)]
        return tuple(dict.fromkeys(n for n in bound if n in live))

    def of_block(self, run: Sequence[ast.stmt]) -> Interface | Declined:
        key = tuple(run)
        if key not in self._interfaces:
            self._interfaces[key] = self._interface(run, self.live_outs(run))
        return self._interfaces[key]

    def escape(self, stmts: Sequence[ast.stmt]) -> bool:
        """Whether functions that outlive a call may read what `stmts` bind."""
        return any(name in self._escaping for s in stmts for name in bound_names(s))

    def of_body(self, stmts: Sequence[ast.stmt]) -> Interface | Declined:
        return self._interface(stmts, ())

    def _interface(
        self, stmts: Sequence[ast.stmt], live_outs: tuple[str, ...]
    ) -> Interface | Declined:
        entry = self._bound[stmts[0]]
        return interface(self.module, self.site, stmts, live_outs, entry, span_of(stmts))


@lru_cache(maxsize=256)
def facts_of(module: Module, site: Site) -> FunctionFacts:
    return FunctionFacts(module, site)


def _annotated(function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    a = function.args
    for arg in (*a.posonlyargs, *a.args, *a.kwonlyargs):
        if arg.annotation is not None:
            yield arg.arg, arg.annotation


def _used_up(part: ast.AST, builtin: Callable[[str], bool]) -> Iterator[ast.expr]:
    """Generators and functions that nothing refers to once the node was evaluated."""
    match part:
        case ast.For(target, made, body):
            bound = {*bound_names(target), *(n for stmt in body for n in bound_names(stmt))}
            if not bound & free_names(made):  # else the body has a say in what comes next
                yield from _run_through(made, builtin)
        case ast.Call(ast.Name(name), args, keywords) if name in _EATERS and builtin(name):
            for made in args[:1]:
                yield from _run_through(made, builtin)
            yield from (k.value for k in keywords if k.arg == "key")
        case ast.Call(ast.Attribute(attr="sort"), [], keywords):
            yield from (k.value for k in keywords if k.arg == "key")
        case _:
            pass


def _run_through(made: ast.expr, builtin: Callable[[str], bool]) -> Iterator[ast.expr]:
    """What is run through with the iterator `made`, itself included."""
    yield made
    match made:
        case ast.Call(ast.Name(name), args) if name in _LAZY and builtin(name):
            for arg in args:
                yield from _run_through(arg, builtin)


def _escaping(function: ast.FunctionDef, builtin: Callable[[str], bool]) -> frozenset[str]:
    """Local names that nested functions, lambdas and stored generators may read at any later time."""
    found: set[str] = set()
    eaten = {id(node) for part in walk_scope(function) for node in _used_up(part, builtin)}
    for part in walk_scope(function):
        match part:
            case ast.Lambda() if id(part) in eaten:
                pass
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() | ast.ClassDef():
                found |= free_names(part)
            case ast.GeneratorExp() if id(part) not in eaten:
                found |= free_names(part)
    return frozenset(found) & scope_locals(function)
