"""Variables and attributes that hold functions: which ones they may hold, and the one that was recorded.

What such a path may hold is read off the assignments in the source (`self.f = self.g`, a dict of functions,
a default); it tells what else a region reads. Which function it is comes from a recording.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from types import CodeType
from typing import TypeAlias

from loopwright.frontend.classes import class_at, derived_from, find_method, lineage
from loopwright.frontend.function_ref import FunctionRef, column_of
from loopwright.frontend.linked import foreign_module, linked_module, unplaced
from loopwright.frontend.names import (
    Chain,
    assigned_pairs,
    free_names,
    parameters,
    scope_locals,
    walk_scope,
)
from loopwright.frontend.overrides import of_unknown_class, overrides_at
from loopwright.frontend.region import Module
from loopwright.frontend.scopes import (
    Site,
    kind_of_name,
    local_imports,
    methods_of,
    module_names,
    receiver,
    site_of,
    sites,
)

Callee: TypeAlias = ast.FunctionDef | ast.Lambda
_DEPTH = 6
_FOLDERS = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function that a path may hold; `around` are the functions that it is nested in, `method` tells
    that it is a method of the object that holds it."""

    callee: ast.FunctionDef
    around: tuple[ast.FunctionDef, ...] = ()
    method: bool = False


def may_hold_function(module: Module, site: Site, chain: Chain) -> bool:
    """Whether what `chain` calls may be a function that a variable or attribute holds."""
    kind = kind_of_name(module, site, chain.root)
    if kind == "import":
        origins = {**module_names(module).imports, **local_imports(site.node)}
        return _in_project(module, origins.get(chain.root, ""))
    if not chain.steps:
        return kind in ("local", "closure", "global")
    if kind not in ("local", "closure", "global") or chain.steps[-1][0] != "attr":
        return False
    owner = class_at(module, site, chain.root, chain.steps[:-1])
    attr = str(chain.steps[-1][1])
    if owner is None:
        return bool(of_unknown_class(module, site, chain))
    return bool(overrides_at(module, site, chain)) or is_assigned(module, owner, attr)


@lru_cache(maxsize=1024)
def _in_project(module: Module, origin: str) -> bool:
    """Whether an imported thing comes from the project of the module: by a relative import, or from a file
    or package beside the module or one of the folders around it."""
    top = origin.split(".")[0]
    if not top:
        return origin.startswith(".")
    left = _FOLDERS
    for folder in module.path.absolute().parents:
        if (folder / f"{top}.py").is_file() or (folder / top / "__init__.py").is_file():
            return True
        # the folders of a package may be any number
        left -= not (folder / "__init__.py").is_file()
        if left == 0:
            break
    return False


def candidates(module: Module, site: Site, chain: Chain) -> tuple[Candidate, ...]:
    """The functions of the module that the source shows the path `chain` to hold."""
    if chain.steps:
        owner = class_at(module, site, chain.root, chain.steps[:-1])
        found = (
            () if owner is None else _of_attribute(module, owner, str(chain.steps[-1][1]), _DEPTH)
        )
        methods = overrides_at(module, site, chain)
        if chain.call is not None:  # else it is most likely a number
            methods = methods or of_unknown_class(module, site, chain)
        found += tuple(Candidate(m, (), True) for m in methods)
    else:
        found = tuple(_functions(module, site, ast.Name(chain.root, ast.Load()), _DEPTH))
        if chain.root in parameters(site.node):
            found = tuple(dict.fromkeys((*found, *_handed_around(module))))
    visible = (*site.enclosing, site.node)
    return tuple(c for c in found if all(f in visible for f in c.around))


@lru_cache(maxsize=64)
def _handed_around(module: Module) -> tuple[Candidate, ...]:
    """The functions at module level that the module uses in other ways than by calling them."""
    called = {id(n.func) for n in ast.walk(module.tree) if isinstance(n, ast.Call)}
    names = dict.fromkeys(
        n.id for n in ast.walk(module.tree) if isinstance(n, ast.Name) and id(n) not in called
    )
    known = module_names(module).functions
    return tuple(Candidate(known[name]) for name in names if name in known)


@lru_cache(maxsize=1024)
def _of_attribute(
    module: Module, owner: ast.ClassDef, attr: str, depth: int
) -> tuple[Candidate, ...]:
    found = (
        candidate
        for site, value in _assigned(module, owner, attr)
        for candidate in _functions(module, site, value, depth)
    )
    return tuple(dict.fromkeys(found))


def is_assigned(module: Module, owner: ast.ClassDef, attr: str) -> bool:
    """Whether methods of the class, of its bases or of classes that derive from it assign to `self.attr`."""
    return next(_assigned(module, owner, attr), None) is not None


def _assigned(module: Module, owner: ast.ClassDef, attr: str) -> Iterator[tuple[Site, ast.expr]]:
    """The values that methods assign to `self.attr`, with the function of each."""
    for cls in (*lineage(module, owner), *derived_from(module, owner)):
        for method in methods_of(cls).values():
            first = parameters(method)[:1]
            for part in walk_scope(method):
                for target, value in assigned_pairs(part):
                    match target:
                        case ast.Attribute(ast.Name(base), name):
                            if name == attr and (base,) == first:
                                yield site_of(module, method), value
                match part:
                    case ast.AnnAssign(ast.Attribute(ast.Name(base), name), _, ast.expr() as value):
                        if name == attr and (base,) == first:
                            yield site_of(module, method), value


def _functions(
    module: Module, site: Site | None, node: ast.expr, depth: int
) -> Iterator[Candidate]:
    """The functions that the value of `node`, seen from the function of `site`, is or holds."""
    if depth == 0:
        return
    match node:
        case ast.Name(name):
            yield from _named(module, site, name, depth)
            return
        case ast.Attribute(ast.Name(base), name) if site is not None and base == receiver(site):
            found = None if site.owner is None else find_method(module, site.owner, name)
            if found is not None:
                yield Candidate(found[1], (), method=True)
            elif site.owner is not None:
                yield from _of_attribute(module, site.owner, name, depth - 1)
            return
        case ast.Call(ast.Attribute(ast.Name(base), name)) if (
            site is not None and site.owner is not None and base == receiver(site)
        ):
            made = find_method(module, site.owner, name)
            if made is not None:
                yield from _returned(module, made[1], depth)
            return
        case ast.Dict(_, values):
            parts = values
        case ast.Tuple(parts) | ast.List(parts) | ast.BoolOp(_, parts):
            pass
        case ast.IfExp(_, one, other):
            parts = [one, other]
        case ast.Subscript(value, _) | ast.Call(ast.Attribute(value, "get" | "pop"), _, _):
            parts = [value]
        case _:
            return
    for part in parts:
        yield from _functions(module, site, part, depth - 1)


def _returned(module: Module, function: ast.FunctionDef, depth: int) -> Iterator[Candidate]:
    """The functions that a method may return."""
    for part in walk_scope(function):
        match part:
            case ast.Return(ast.expr() as value):
                yield from _functions(module, site_of(module, function), value, depth - 1)


def _named(module: Module, site: Site | None, name: str, depth: int) -> Iterator[Candidate]:
    scopes = () if site is None else (*site.enclosing, site.node)
    for at in range(len(scopes), 0, -1):
        function = scopes[at - 1]
        if name not in scope_locals(function):
            continue
        there = site_of(module, function)
        for part in (*walk_scope(function), *_defaults(function, name)):
            match part:
                case ast.FunctionDef() if part.name == name and not part.decorator_list:
                    yield Candidate(part, scopes[:at])
                case ast.Assign([ast.Name(target)], value) if target == name:
                    yield from _functions(module, there, value, depth - 1)
        return
    function_ = module_names(module).functions.get(name)
    if function_ is not None:
        yield Candidate(function_)
        return
    for stmt in module.tree.body:
        match stmt:
            case ast.Assign([ast.Name(target)], value) if target == name:
                yield from _functions(module, None, value, depth - 1)


def _defaults(function: ast.FunctionDef, name: str) -> Iterator[ast.Assign]:
    """The default of the parameter `name`, as an assignment."""
    a = function.args
    positional = [*a.posonlyargs, *a.args]
    pairs = [
        *zip(positional[len(positional) - len(a.defaults) :], a.defaults, strict=True),
        *zip(a.kwonlyargs, a.kw_defaults, strict=True),
    ]
    for arg, default in pairs:
        if arg.arg == name and default is not None:
            yield ast.Assign([ast.Name(name, ast.Store())], default)


# --------------------------------------------------------- recorded functions


@dataclass(frozen=True, slots=True)
class Found:
    """The text of a recorded function. `code` is set where its qualified name does not tell it, `foreign`
    where it is one of another file."""

    callee: Callee
    qualname: str
    around: tuple[ast.FunctionDef, ...] = ()
    code: CodeType | None = None
    foreign: Module | None = None


@lru_cache(maxsize=1024)
def find_function(module: Module, ref: FunctionRef) -> Found | None:
    """The function of the module that `ref` names; None if it is not there, or not certainly that one."""
    if ref.file:
        other = foreign_module(ref.file)
        return None if other is None else _in_file(other, replace(ref, file=""))
    if ref.name.endswith("<lambda>"):
        return _find_lambda(module, ref)
    same = [s for s in sites(module) if s.qualname.partition("#")[0] == ref.name]
    for site in same:
        node = site.node
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        if first == ref.line:
            if not site.enclosing and len(same) == 1:
                return Found(node, site.qualname)
            code = _code(module, ref)
            return None if code is None else Found(node, site.qualname, site.enclosing, code)
    return None


def _in_file(module: Module, ref: FunctionRef) -> Found | None:
    """A function of another file."""
    found = find_function(module, ref)
    code, linked = _code(module, ref), linked_module(str(module.path))
    if found is None or code is None or linked is None:
        return None
    callee = found.callee
    if isinstance(callee, ast.Lambda):
        return Found(unplaced(module, callee), found.qualname, found.around, code, linked)
    if callee.decorator_list:
        return None
    at = next(k for k, site in enumerate(sites(module)) if site.node is callee)
    return Found(sites(linked)[at].node, found.qualname, found.around, code, linked)


def names_used(found: Found) -> dict[str, str]:
    """The free names of a function of another file, and of the functions there that it calls, that are no
    functions there; and what they stand for, as dotted names."""
    assert found.foreign is not None
    known = module_names(found.foreign).imports
    called = helpers_of(found)
    every = frozenset[str]().union(*(free_names(f) for f in (found.callee, *called.values())))
    return {n: known.get(n, f"builtins.{n}") for n in sorted(every - called.keys())}


def helpers_of(found: Found) -> dict[str, ast.FunctionDef]:
    """The functions of its file that a function of another file calls, by their global names."""
    assert found.foreign is not None
    known = module_names(found.foreign).functions
    reached: dict[str, ast.FunctionDef] = {}
    todo: list[Callee] = [found.callee]
    while todo:
        for name in sorted(free_names(todo.pop()) & known.keys() - reached.keys()):
            if not known[name].decorator_list:
                reached[name] = known[name]
                todo.append(known[name])
    return reached


def helper_code(found: Found, name: str) -> CodeType | None:
    """The code of one of `helpers_of`."""
    assert found.foreign is not None
    there = foreign_module(str(found.foreign.path))
    assert there is not None
    return _code(there, FunctionRef(name, module_names(there).functions[name].lineno))


def callee_body(callee: Callee) -> list[ast.AST]:
    """What runs when a function is called."""
    return [callee.body] if isinstance(callee, ast.Lambda) else list(callee.body)


def callee_site(module: Module, found: Found) -> Site | None:
    """The site that sees the names which a function uses; None for a lambda outside of all functions."""
    if isinstance(found.callee, ast.FunctionDef):
        return site_of(module, found.callee)
    return site_of(module, found.around[-1]) if found.around else None


def _find_lambda(module: Module, ref: FunctionRef) -> Found | None:
    """The lambda that begins on the line of the reference, of several there the one with its column."""
    tree = module.tree
    found = [n for n in ast.walk(tree) if isinstance(n, ast.Lambda) and n.lineno == ref.line]
    if len(found) > 1:
        found = [n for n in found if n.body.lineno == ref.line and _holds(n.body, ref.col)]
    code = _code(module, ref)
    if len(found) != 1 or code is None:
        return None
    holders = [s for s in sites(module) if any(n is found[0] for n in walk_scope(s.node))]
    around = (*holders[-1].enclosing, holders[-1].node) if holders else ()
    return Found(found[0], "<lambda>", around, code)


def _holds(node: ast.expr, col: int) -> bool:
    on_one_line = node.lineno == node.end_lineno
    return node.col_offset <= col and (not on_one_line or col < (node.end_col_offset or 0))


def _code(module: Module, ref: FunctionRef) -> CodeType | None:
    """The code of the function, as long as it can be no other's."""
    wanted = (ref.name, ref.line)
    codes = [c for c in _codes(_compiled(module)) if (c.co_qualname, c.co_firstlineno) == wanted]
    if len(codes) > 1:
        codes = [c for c in codes if column_of(c) == ref.col]
    return codes[0] if len(codes) == 1 else None


@lru_cache(maxsize=16)
def _compiled(module: Module) -> CodeType:
    return compile(module.text, str(module.path), "exec", dont_inherit=True)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)
