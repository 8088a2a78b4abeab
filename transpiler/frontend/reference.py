"""The region as a program of its own, run by CPython: the meaning that a kernel must keep.

The text holds the region's statements in a function `entry(*roots)`, the functions of the module that it
calls, and a class `Owner` with the methods that it calls on `self`; classes of other objects keep their
names, and `OBJECTS` tells which object has which. It imports NumPy, what is covered of SciPy, and the
standard library only.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Iterable, Iterator, Sequence

from loopwright.frontend.callables import Callee, callee_body, callee_site, find_function
from loopwright.frontend.called_objects import class_seen
from loopwright.frontend.classes import (
    bases_of,
    dataclass_init,
    is_dataclass,
    lineage,
)
from loopwright.frontend.effects import callee_of
from loopwright.frontend.names import bound_names, free_names, reads
from loopwright.frontend.reference_text import Held, Mangle, assigned, importable, plain, text_name
from loopwright.frontend.region import CallableUse, Module, Reference, Region
from loopwright.frontend.scopes import (
    Site,
    classes_given,
    kind_of_name,
    local_functions,
    local_imports,
    module_names,
    receiver,
    site_of,
    sites,
)
from loopwright.ir.domain import Step, path_text, split_path

ENTRY = "entry"
OBJECTS = "OBJECTS"


def reference(
    region: Region,
    helpers: tuple[str, ...] = (),
    callables: tuple[CallableUse, ...] = (),
    needless: frozenset[str] = frozenset(),
    objects: tuple[str, ...] = (),
) -> Reference:
    """The stand-alone text of `region`; `helpers` are qualified names of functions to add to those found,
    `callables` what variables and attributes hold, `needless` the paths of live-ins that are not read,
    `objects` the paths of objects whose methods are called.

    `entry` returns what the dispatch function returns on success: for a block the live-outs, then the
    stores' values; for a body the stores' values, then the returned value (left out if there are stores and
    no `return` of the region carries a value). One value is returned bare, several as a tuple, none as None.
    """
    site = site_of(region.module, region.function)
    found = _callees(region.module, site, region.statements)
    by_name = {s.qualname: s for s in sites(region.module)}
    for name in helpers:
        if name in by_name:
            extra = by_name[name]
            found.setdefault(extra.node, None)
            found.update(_callees(region.module, extra, extra.node.body))
    for each in callables:
        held_function = find_function(region.module, each.function)
        if held_function is not None and held_function.foreign is None:
            if each.looked_up:
                found.setdefault(held_function.callee, None)
            inside = callee_site(region.module, held_function) or site
            found.update(_callees(region.module, inside, callee_body(held_function.callee)))
    functions = [f for f in found if isinstance(f, ast.FunctionDef)]
    roots = _roots(region, functions, needless | {c.path for c in callables})
    roots += tuple(split_path(c.function.bound)[0] for c in callables if c.function.bound)
    roots = tuple(dict.fromkeys(roots))
    entry = _entry(region, site, roots, functions)
    held = Held.of(region, callables)
    entry.body[:0] = held.local
    given = classes_given(region.module, site, region.statements)
    for name, owner in given.items():
        entry.body.insert(0, assigned(name, ast.Name(text_name(region, owner), ast.Load())))
    used = _classes_in(region, functions, (*held.classes, *given.values()))
    body: list[ast.stmt] = [
        *_classes(region, functions, used),
        *_top_level(region.module, functions),
        *held.outside,
        *_objects(region, (*roots, *objects), used, held),
        entry,
    ]
    imports = _imports(region, body)
    tree = ast.Module([*imports, *body], [])
    return Reference(ast.unparse(ast.fix_missing_locations(tree)) + "\n", ENTRY, roots)


def callees(region: Region) -> tuple[str, ...]:
    """Qualified names of the functions that `region` may call, transitively, in order of discovery."""
    site = site_of(region.module, region.function)
    found = _callees(region.module, site, region.statements)
    return tuple(
        site_of(region.module, f).qualname for f in found if isinstance(f, ast.FunctionDef)
    )


def _callees(module: Module, site: Site, stmts: Sequence[ast.AST]) -> dict[Callee, None]:
    found: dict[Callee, None] = {}
    todo: list[tuple[Site, Iterable[ast.AST]]] = [(site, stmts)]
    while todo:
        here, nodes = todo.pop()
        for chain in (c for node in nodes for c in reads(node)):
            callee = callee_of(module, here, chain)
            if callee is None or callee in found:
                continue
            found[callee] = None
            if isinstance(callee, ast.FunctionDef):
                there = site_of(module, callee)
                todo.append((there, [*callee.body, *_defaults(callee)]))
            else:
                todo.append((here, [callee.body]))
    return found


def _defaults(function: ast.FunctionDef) -> list[ast.expr]:
    return [d for d in (*function.args.defaults, *function.args.kw_defaults) if d is not None]


def _roots(
    region: Region, functions: Sequence[ast.FunctionDef], left_out: frozenset[str]
) -> tuple[str, ...]:
    roots = [split_path(i.path)[0] for i in region.live_ins if i.path not in left_out]
    roots += [split_path(p)[0] for p in region.stores]
    site = site_of(region.module, region.function)
    own = receiver(site)
    chains = [c for s in region.statements for c in reads(s)]
    bound = {n for s in region.statements for n in bound_names(s)}
    given = classes_given(region.module, site, region.statements)
    roots += [c.root for c in chains if c.root == own and own not in given]
    for chain in chains:
        kind = kind_of_name(region.module, site, chain.root)
        known = chain.root in bound or chain.root in given
        if not known and kind in ("local", "closure", "global"):
            called = callee_of(region.module, site, chain) is not None
            roots += [chain.root] if called and chain.steps else []
    return tuple(dict.fromkeys(roots))


def _entry(
    region: Region, site: Site, roots: tuple[str, ...], functions: Sequence[ast.FunctionDef]
) -> ast.FunctionDef:
    stmts: list[ast.stmt] = [copy.deepcopy(s) for s in region.statements]
    if region.form == "body":
        if region.stores:
            valued = any(
                isinstance(n, ast.Return) and n.value is not None
                for s in stmts
                for n in ast.walk(s)
            )
            rewrite = _Returns(region.stores, valued)
            stmts = [rewrite.visit(s) for s in stmts]
            stmts += rewrite.returned(ast.Constant(None))
    else:
        stmts.append(ast.Return(_tuple((*region.live_outs, *region.stores))))
    scopes = (*site.enclosing, site.node)
    inside = {id(n) for s in region.statements for n in ast.walk(s)}
    before: list[ast.stmt] = []
    for scope in scopes:
        for name, callee in local_functions(scope).items():
            if id(callee) in inside or name in roots or not _is_used(name, region, functions):
                continue
            if isinstance(callee, ast.FunctionDef):
                before.append(plain(callee, region.owner))
            else:
                before.append(ast.Assign([ast.Name(name, ast.Store())], copy.deepcopy(callee)))
    shared = sorted(
        {n for f in functions for n in free_names(f)}
        & {r for r in roots if kind_of_name(region.module, site, r) == "global"}
    )
    if shared:
        text = f"globals().update({', '.join(f'{n}={n}' for n in shared)})"
        before.insert(0, ast.parse(text).body[0])
    mangle = Mangle(region.owner)
    body = [mangle.visit(s) for s in (*before, *stmts)]
    arguments = ast.arguments(
        posonlyargs=[], args=[ast.arg(r) for r in roots], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    return _function(ENTRY, arguments, body)


def _is_used(name: str, region: Region, functions: Sequence[ast.FunctionDef]) -> bool:
    nodes: tuple[ast.AST, ...] = (*region.statements, *functions)
    return any(name in free_names(n) for n in nodes)


def _function(name: str, arguments: ast.arguments, body: list[ast.stmt]) -> ast.FunctionDef:
    node = ast.FunctionDef(
        name=name, args=arguments, body=body or [ast.Pass()], decorator_list=[], returns=None
    )
    if sys.version_info >= (3, 12):
        node.type_params = []
    return node


def _tuple(names: Sequence[str]) -> ast.expr:
    values = [ast.parse(n, mode="eval").body for n in names]
    if len(values) == 1:
        return values[0]
    return ast.Tuple(values, ast.Load()) if values else ast.Constant(None)


class _Returns(ast.NodeTransformer):
    """`return e` gives the stores' values, then `e`."""

    def __init__(self, stores: tuple[str, ...], valued: bool) -> None:
        self._stores = stores
        self._valued = valued

    def returned(self, value: ast.expr) -> list[ast.stmt]:
        if not self._valued:
            return [ast.Return(_tuple(self._stores))]
        keep = ast.Assign([ast.Name("_result", ast.Store())], value)
        return [keep, ast.Return(_tuple((*self._stores, "_result")))]

    def visit_Return(self, node: ast.Return) -> ast.AST:
        block = self.returned(node.value or ast.Constant(None))
        if len(block) == 1:
            return block[0]
        return ast.If(ast.Constant(True), block, [])

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node


def _classes_in(
    region: Region, functions: Sequence[ast.FunctionDef], more: Sequence[ast.ClassDef]
) -> list[ast.ClassDef]:
    """The owner, the classes whose methods are called, those that are named, `more`, and the bases of all
    of them, bases first."""
    module = region.module
    known = module_names(module).classes
    owners = [site_of(module, f).owner for f in functions]
    named = [
        known[name]
        for node in (*region.statements, *functions)
        for name in sorted(free_names(node))
        if name in known
    ]
    order: dict[ast.ClassDef, None] = {}
    for owner in (region.owner, *owners, *named, *more):
        if owner is not None:
            order.update(dict.fromkeys(reversed(lineage(module, owner))))
    return sorted(order, key=lambda c: len(lineage(module, c)))


def _classes(
    region: Region, functions: Sequence[ast.FunctionDef], used: Sequence[ast.ClassDef]
) -> Iterator[ast.stmt]:
    """`Owner` and the other classes, with those methods only that are called, and their constants."""
    for owner in used:
        methods = [f for f in functions if site_of(region.module, f).owner is owner]
        name = text_name(region, owner)
        body: list[ast.stmt] = list(_constants(owner))
        made = dataclass_init(owner) if is_dataclass(owner) else None
        body += [plain(f, owner) for f in sorted(methods, key=lambda f: f.lineno)]
        body += [] if made is None else [plain(made, owner)]
        bases: list[ast.expr] = [
            ast.Name(text_name(region, base), ast.Load())
            for base in lineage(region.module, owner)
            if base in (bases_of(region.module, owner) or ())
        ]
        node = ast.ClassDef(
            name=name, bases=bases, keywords=[], body=body or [ast.Pass()], decorator_list=[]
        )
        if sys.version_info >= (3, 12):
            node.type_params = []
        yield node
        if owner is region.owner:
            yield ast.Assign([ast.Name(owner.name, ast.Store())], ast.Name(name, ast.Load()))


def _constants(owner: ast.ClassDef) -> Iterator[ast.stmt]:
    for stmt in owner.body:
        match stmt:
            case ast.Assign([ast.Name(name)], ast.expr() as value):
                pass
            case ast.AnnAssign(ast.Name(name), _, ast.expr() as value):
                pass
            case _:
                continue
        if isinstance(value, ast.Constant | ast.UnaryOp):
            yield ast.Assign([ast.Name(name, ast.Store())], copy.deepcopy(value))


def _objects(
    region: Region,
    objects: Sequence[str],
    used: Sequence[ast.ClassDef],
    held: Held,
) -> Iterator[ast.stmt]:
    """`OBJECTS`: the class of the object at each path, where it is known."""
    site = site_of(region.module, region.function)
    paths: dict[tuple[str, tuple[Step, ...]], None] = {}
    for root, steps in map(split_path, objects):
        paths.update(dict.fromkeys((root, steps[:n]) for n in range(len(steps) + 1)))
    for path in (*(i.path for i in region.live_ins), *region.stores):
        root, steps = split_path(path)
        paths.update(dict.fromkeys((root, steps[:n]) for n in range(len(steps))))
    keys: list[ast.expr | None] = [ast.Constant(name) for name in held.modules]
    values: list[ast.expr] = [ast.Name(cls, ast.Load()) for cls in held.modules.values()]
    for root, steps in paths:
        cls = class_seen(region.module, site, held.derived, root, steps)
        if cls is not None and cls in used:
            keys.append(ast.Constant(path_text(root, steps)))
            values.append(ast.Name(text_name(region, cls), ast.Load()))
    if keys:
        yield ast.Assign([ast.Name(OBJECTS, ast.Store())], ast.Dict(keys, values))


def _top_level(module: Module, functions: Sequence[ast.FunctionDef]) -> Iterator[ast.stmt]:
    chosen = [f for f in functions if _is_top_level(module, f)]
    for function in sorted(chosen, key=lambda f: f.lineno):
        yield plain(function, None)


def _is_top_level(module: Module, function: ast.FunctionDef) -> bool:
    site = site_of(module, function)
    return site.owner is None and not site.enclosing


def _imports(region: Region, body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The imports that the text needs."""
    used = {n.id for s in body for n in ast.walk(s) if isinstance(n, ast.Name)}
    known = dict(module_names(region.module).imports) | local_imports(region.function)
    found: list[ast.stmt] = []
    for name, origin in sorted(known.items()):
        if name not in used or not importable(origin):
            continue
        parent, dot, last = origin.rpartition(".")
        alias = ast.alias(last or origin, None if name == last else name)
        found.append(ast.ImportFrom(parent, [alias], 0) if dot else ast.Import([alias]))
    return found
