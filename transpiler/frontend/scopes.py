"""What the names of a module stand for, and where its functions are."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from loopwright.frontend.definite import Assigned
from loopwright.frontend.homes import home_of
from loopwright.frontend.names import bound_names, free_names, parameters, scope_locals, walk_scope
from loopwright.frontend.region import Module

LIBRARIES = (
    "numpy",
    "math",
    "heapq",
    "bisect",
    "collections",
    "functools",
    "itertools",
    "operator",
    "random",
    "typing",
    "collections.abc",
    "numbers",
    "numpy.typing",
    "scipy",
    "pandas",
    "warnings",
)
"""Modules whose names are resolved by import, never passed as data."""


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A function and where it stands. `enclosing` are the functions around it, innermost last."""

    node: ast.FunctionDef
    qualname: str
    owner: ast.ClassDef | None
    enclosing: tuple[ast.FunctionDef, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ModuleNames:
    """Module-level names by kind.

    `imports` maps a name to the dotted thing that it stands for (`np` -> `numpy`, `sqrt` -> `math.sqrt`);
    `data` are names that every import of the module binds, `unsure` those that it may leave unbound.
    """

    imports: MappingProxyType[str, str]
    functions: MappingProxyType[str, ast.FunctionDef]
    classes: MappingProxyType[str, ast.ClassDef]
    data: frozenset[str]
    unsure: frozenset[str]


def stands_for(origin: str) -> str:
    """The dotted thing whose functions do the same with plain numbers and arrays: those of `autograd.numpy`
    call NumPy's."""
    wrapped = origin == "autograd.numpy" or origin.startswith("autograd.numpy.")
    return origin.removeprefix("autograd.") if wrapped else origin


def import_targets(stmt: ast.stmt) -> Iterator[tuple[str, str]]:
    """Pairs of bound name and dotted origin of an import statement; a star is left out."""
    match stmt:
        case ast.Import(aliases):
            for alias in aliases:
                if alias.asname:
                    yield alias.asname, stands_for(alias.name)
                else:
                    yield alias.name.split(".")[0], alias.name.split(".")[0]
        case ast.ImportFrom(module, aliases, level):
            origin = "." * level + (module or "")
            for alias in aliases:
                if alias.name != "*":
                    dotted = f"{origin}.{alias.name}".replace("..", ".")
                    yield alias.asname or alias.name, stands_for(dotted)


@lru_cache(maxsize=64)
def module_names(module: Module) -> ModuleNames:
    """Classify the module-level names of `module`. A name bound in two ways counts as data."""
    imports: dict[str, str] = {}
    functions: dict[str, ast.FunctionDef] = {}
    classes: dict[str, ast.ClassDef] = {}
    times: dict[str, int] = {}
    alive = running(module.tree)
    for name in (n for stmt in alive.body for n in bound_names(stmt)):
        times[name] = times.get(name, 0) + 1
    for part in walk_scope(alive):
        if isinstance(part, ast.Import | ast.ImportFrom):
            # the same thing imported in both arms of a `try` is still that thing
            for name, origin in import_targets(part):
                times[name] -= name in imports and imports[name] == origin
                imports.setdefault(name, origin)
        elif isinstance(part, ast.FunctionDef):
            functions[part.name] = part
        elif isinstance(part, ast.ClassDef):
            classes[part.name] = part
    rebound = rebound_globals(module.tree)
    known = {n for n in (*imports, *functions, *classes) if times[n] == 1 and n not in rebound}
    end = Assigned(alive.body, frozenset()).end
    sure = frozenset(n for n in times if n not in known and end.is_sure(n))
    return ModuleNames(
        MappingProxyType({n: o for n, o in imports.items() if n in known}),
        MappingProxyType({n: f for n, f in functions.items() if n in known}),
        MappingProxyType({n: c for n, c in classes.items() if n in known}),
        sure,
        frozenset(times) - known - sure,
    )


@lru_cache(maxsize=64)
def running(tree: ast.Module) -> ast.Module:
    """The module without what never runs: the handlers where a `try` only imports what Python surely has."""
    body: list[ast.stmt] = []
    for stmt in tree.body:
        if isinstance(stmt, ast.Try) and all(map(_surely_imports, stmt.body)):
            body += [*stmt.body, *stmt.orelse, *stmt.finalbody]
        else:
            body.append(stmt)
    return ast.Module(body, [])


def _surely_imports(stmt: ast.stmt) -> bool:
    """Whether it imports names from a module of the standard library that has them."""
    if not isinstance(stmt, ast.ImportFrom) or stmt.level or stmt.module not in LIBRARIES:
        return False
    if stmt.module.split(".")[0] not in sys.stdlib_module_names:
        return False
    found = importlib.import_module(stmt.module)
    return all(hasattr(found, alias.name) for alias in stmt.names)


@lru_cache(maxsize=64)
def rebound_globals(tree: ast.Module) -> frozenset[str]:
    """Module-level names that some function rebinds by a `global` declaration."""
    return frozenset(
        n for node in ast.walk(tree) if isinstance(node, ast.Global) for n in node.names
    )


@lru_cache(maxsize=64)
def sites(module: Module) -> tuple[Site, ...]:
    """Every plain function of the module in source order; of those with one qualified name, all but the
    first get `#2`, `#3`, ... appended."""
    found: list[Site] = []
    seen: dict[str, int] = {}

    def visit(
        node: ast.AST, prefix: str, owner: ast.ClassDef | None, around: tuple[ast.FunctionDef, ...]
    ) -> None:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    name = prefix + child.name
                    seen[name] = seen.get(name, 0) + 1
                    unique = name if seen[name] == 1 else f"{name}#{seen[name]}"
                    if isinstance(child, ast.FunctionDef):
                        found.append(Site(child, unique, owner, around))
                        visit(child, f"{unique}.<locals>.", None, (*around, child))
                    else:
                        visit(child, f"{unique}.<locals>.", None, around)
                case ast.ClassDef():
                    visit(child, f"{prefix}{child.name}.", child, around)
                case ast.Lambda() | ast.expr():
                    pass
                case _:
                    visit(child, prefix, owner, around)

    visit(module.tree, "", None, ())
    return tuple(found)


@lru_cache(maxsize=64)
def _site_index(module: Module) -> MappingProxyType[ast.FunctionDef, Site]:
    return MappingProxyType({site.node: site for site in sites(module)})


def site_of(module: Module, function: ast.FunctionDef) -> Site:
    """The site of a function of `module`, or of one that is linked to it; KeyError if it is neither."""
    return _site_index(home_of(module, function))[function]


@lru_cache(maxsize=1024)
def methods_of(owner: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    """The methods that the class body itself defines, by name; names bound twice are left out."""
    times: dict[str, int] = {}
    for name in (n for stmt in owner.body for n in bound_names(stmt)):
        times[name] = times.get(name, 0) + 1
    found = (s for s in owner.body if isinstance(s, ast.FunctionDef))
    return {f.name: f for f in found if times[f.name] == 1}


def decorator_names(function: ast.FunctionDef) -> frozenset[str]:
    """Last components of the decorators: `staticmethod`, `setter`, `lru_cache`, ..."""
    names: set[str] = set()
    for node in function.decorator_list:
        at = node.func if isinstance(node, ast.Call) else node
        if isinstance(at, ast.Name):
            names.add(at.id)
        elif isinstance(at, ast.Attribute):
            names.add(at.attr)
    return frozenset(names)


def receiver(site: Site) -> str | None:
    """The name of `self` (or `cls`) in a method, else None."""
    if site.owner is None or "staticmethod" in decorator_names(site.node):
        return None
    args = (*site.node.args.posonlyargs, *site.node.args.args)
    return args[0].arg if args else None


def is_class_method(function: ast.FunctionDef) -> bool:
    """Whether a call passes the class first."""
    return "classmethod" in decorator_names(function)


@lru_cache(maxsize=4096)
def class_receiver(site: Site) -> str | None:
    """The name of `cls` in a class method that never binds it anew, else None. Of a class that a function
    makes there may be several, whose methods see other variables."""
    name = receiver(site) if is_class_method(site.node) and not site.enclosing else None
    return None if any(name in bound_names(stmt) for stmt in site.node.body) else name


def class_meant(module: Module, site: Site, name: str) -> ast.ClassDef | None:
    """The class that a name stands for, seen from the function of `site`: one of the module, or what a class
    method gets, which may be a class that derives from it."""
    for function in (site.node, *reversed(site.enclosing)):
        if name in scope_locals(function):
            holder = site_of(module, function)
            return holder.owner if name == class_receiver(holder) else None
    return module_names(home_of(module, site.node)).classes.get(name)


def classes_given(module: Module, site: Site, nodes: Iterable[ast.AST]) -> dict[str, ast.ClassDef]:
    """The names in `nodes` that stand for what a class method gets: its own, or of one around it."""
    names = sorted(frozenset[str]().union(*map(free_names, nodes)))
    outer = [n for n in names if kind_of_name(module, site, n) in ("local", "closure")]
    return {n: found for n in outer if (found := class_meant(module, site, n)) is not None}


@lru_cache(maxsize=4096)
def local_functions(function: ast.FunctionDef) -> dict[str, ast.FunctionDef | ast.Lambda]:
    """Functions that are defined in `function` under a local name which is bound once."""
    times: dict[str, int] = {}
    for name in (n for stmt in function.body for n in bound_names(stmt)):
        times[name] = times.get(name, 0) + 1
    found: dict[str, ast.FunctionDef | ast.Lambda] = {}
    for part in walk_scope(function):
        match part:
            case ast.FunctionDef():
                found[part.name] = part
            case ast.Assign([ast.Name(name)], ast.Lambda() as value):
                found[name] = value
    taken = scope_locals(function)
    return {n: f for n, f in found.items() if times.get(n) == 1 and n in taken}


@lru_cache(maxsize=4096)
def local_imports(function: ast.FunctionDef) -> dict[str, str]:
    """Names that `function` imports for itself."""
    return {
        name: origin
        for part in walk_scope(function)
        if isinstance(part, ast.Import | ast.ImportFrom)
        for name, origin in import_targets(part)
    }


Kind = Literal["local", "closure", "global", "import", "function", "class", "unsure", "builtin"]


def kind_of_name(module: Module, site: Site, name: str) -> Kind:
    """What a name that is free or local in the function of `site` stands for.

    `unsure` are names that may be unbound when the function runs; `import` means a module or a thing
    imported from one; `builtin` is also the answer for names that nothing defines.
    """
    if name in scope_locals(site.node):
        if name in local_imports(site.node):
            return "import"
        return "function" if name in local_functions(site.node) else "local"
    for outer in reversed(site.enclosing):
        if name in scope_locals(outer):
            if name in local_functions(outer):
                return "function"
            if name in local_imports(outer):
                return "import"
            return _closure_kind(outer, site, name)
    known = module_names(home_of(module, site.node))
    if name in known.imports:
        return "import"
    if name in known.functions:
        return "function"
    if name in known.classes:
        return "class"
    if name in known.data:
        return "global"
    return "unsure" if name in known.unsure else "builtin"


def _closure_kind(outer: ast.FunctionDef, site: Site, name: str) -> Kind:
    """A closure variable is sure if it is bound before the nested function is defined."""
    flow = _flow_of(outer)
    inner = (*site.enclosing, site.node)
    defined = inner[inner.index(outer) + 1]
    bound = flow.before.get(defined)
    return "closure" if bound is not None and bound.is_sure(name) else "unsure"


@lru_cache(maxsize=256)
def _flow_of(function: ast.FunctionDef) -> Assigned:
    return Assigned(function.body, frozenset(parameters(function)))
