"""Parts of the stand-alone text of a region: copies of functions, and functions that variables hold."""

from __future__ import annotations

import ast
import copy
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from loopwright.frontend.callables import Found, find_function, helpers_of, names_used
from loopwright.frontend.called_objects import class_seen
from loopwright.frontend.classes import class_at, lineage
from loopwright.frontend.function_ref import FunctionRef
from loopwright.frontend.homes import home_of, is_foreign
from loopwright.frontend.names import mangled
from loopwright.frontend.region import CallableUse, Region
from loopwright.frontend.scopes import Site, kind_of_name, module_names, site_of
from loopwright.ir.domain import split_path

_KEPT_DECORATORS = frozenset(("staticmethod", "classmethod", "property"))


class Mangle(ast.NodeTransformer):
    """Writes private names out, for the text stands outside of its class."""

    def __init__(self, owner: ast.ClassDef | None) -> None:
        self._owner = owner

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        node.attr = mangled(node.attr, self._owner)
        return node


def plain(function: ast.FunctionDef, owner: ast.ClassDef | None) -> ast.FunctionDef:
    """A copy without docstring, annotations and foreign decorators."""
    node = copy.deepcopy(function)
    node.decorator_list = [
        d for d in node.decorator_list if isinstance(d, ast.Name) and d.id in _KEPT_DECORATORS
    ]
    node.name = mangled(node.name, owner)
    node.returns = None
    for part in ast.walk(node.args):
        if isinstance(part, ast.arg):
            part.annotation = None
    if ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:] or [ast.Pass()]
    Mangle(owner).visit(node)
    return node


OWNER = "Owner"


def text_name(region: Region, cls: ast.ClassDef) -> str:
    """What a class is called in the text: those of other files may be called like others here, and like
    each other."""
    if cls is region.owner:
        return OWNER
    if is_foreign(cls):
        path = home_of(region.module, cls).path
        return f"Other_{zlib.crc32(str(path).encode()):08x}_{cls.name}"
    return cls.name


@dataclass
class Held:
    """Statements that put functions where the region finds them: `local` ones begin the entry function,
    `outside` ones follow the classes and functions. `classes` are those whose objects hold some, `modules`
    the classes that stand for modules of the project, by name, `derived` those of objects, by path, that
    methods were looked up on."""

    local: list[ast.stmt] = field(default_factory=list)
    outside: list[ast.stmt] = field(default_factory=list)
    classes: list[ast.ClassDef] = field(default_factory=list)
    modules: dict[str, str] = field(default_factory=dict)
    derived: dict[str, ast.ClassDef] = field(default_factory=dict)

    @staticmethod
    def of(region: Region, callables: Sequence[CallableUse]) -> Held:
        held = Held()
        # an object may hold functions only because its class was seen
        for use in sorted(callables, key=lambda use: not use.looked_up):
            held._add(region, use)
        return held

    def _add(self, region: Region, use: CallableUse) -> None:
        module, site = region.module, site_of(region.module, region.function)
        if use.looked_up:
            self._add_method(region, site, use)
            return
        root, steps = split_path(use.path)
        if not steps:
            shared = kind_of_name(module, site, root) in ("global", "import")
            place = self.outside if shared else self.local
            place += _bound_to(root, region, use)
            return
        if kind_of_name(module, site, root) == "import":
            attr = str(steps[-1][1])
            self._add_import(root, attr, _bound_to(f"_{root}_{attr}", region, use))
            return
        # the text builds its objects without `__init__`, so that the class has what they have
        cls = class_seen(module, site, self.derived, root, steps[:-1])
        assert cls is not None
        self.classes.append(cls)
        name = f"_{root}_{steps[-1][1]}"
        self.outside += _bound_to(name, region, use)
        value: ast.expr = ast.Name(name, ast.Load())
        if not use.function.bound:
            value = ast.Call(ast.Name("staticmethod", ast.Load()), [value], [])
        holder = ast.Name(text_name(region, cls), ast.Load())
        target = ast.Attribute(holder, str(steps[-1][1]), ast.Store())
        self.outside.append(ast.Assign([target], value))

    def _add_method(self, region: Region, site: Site, use: CallableUse) -> None:
        """Of several methods of one object, the class that derives from the others has all of them."""
        module = region.module
        found = find_function(module, use.function)
        assert found is not None and isinstance(found.callee, ast.FunctionDef)
        cls, path = site_of(module, found.callee).owner, use.function.bound
        assert cls is not None
        known = self.derived.get(path) or class_at(module, site, *split_path(path))
        self.derived[path] = cls if known is None or known in lineage(module, cls) else known
        self.classes.append(cls)
        if found.foreign is not None:
            name = f"_{text_name(region, cls)}_{found.callee.name}"
            self.outside += _made(name, found, use.function)
            holder = ast.Name(text_name(region, cls), ast.Load())
            target = ast.Attribute(holder, mangled(found.callee.name, cls), ast.Store())
            self.outside.append(ast.Assign([target], ast.Name(name, ast.Load())))

    def _add_import(self, root: str, attr: str, value: list[ast.stmt]) -> None:
        """A module of the project that holds the function: an object of a class with that attribute."""
        if root not in self.modules:
            cls = self.modules[root] = f"_Module_{root}"
            text = f"class {cls}:\n    pass\n{root} = {cls}()\n"
            self.outside += ast.parse(text).body
        self.outside += value
        text = f"{self.modules[root]}.{attr} = staticmethod(_{root}_{attr})"
        self.outside += ast.parse(text).body


def _bound_to(name: str, region: Region, use: CallableUse) -> list[ast.stmt]:
    """Statements that make `name` the function: of a method the one in the class, or where a variable holds
    it the bound one."""
    ref, module = use.function, region.module
    if ref.library:
        return [_import(name, ref.name)]
    found = find_function(module, ref)
    assert found is not None
    callee = found.callee
    if found.foreign is not None or ref.values:
        return _made(name, found, ref)
    if isinstance(callee, ast.Lambda):
        return [assigned(name, copy.deepcopy(callee))]
    if found.around:
        copied = plain(callee, region.owner)
        copied.name = name
        return [copied]
    cls = site_of(module, callee).owner
    value: ast.expr = ast.Name(callee.name, ast.Load())
    if cls is not None:
        base: ast.expr = ast.Name(text_name(region, cls), ast.Load())
        if ref.bound and use.path.isidentifier():
            base = ast.parse(ref.bound, mode="eval").body
        value = ast.Attribute(base, mangled(callee.name, cls), ast.Load())
    same = isinstance(value, ast.Name) and value.id == name
    return [] if same else [assigned(name, value)]


def _made(name: str, found: Found, ref: FunctionRef) -> list[ast.stmt]:
    """`name` as what a function returns that binds the free names of the function."""
    body: list[ast.stmt] = [
        assigned(free, ast.parse(text, mode="eval").body) for free, text in ref.values
    ]
    if found.foreign is not None:
        known = module_names(found.foreign).imports
        used = names_used(found).keys() - {free for free, _ in ref.values}
        here = (free for free in sorted(used) if free in known and importable(known[free]))
        body += [_import(free, known[free]) for free in here]
        body += [plain(helper, None) for helper in helpers_of(found).values()]
    value: ast.expr
    if isinstance(found.callee, ast.Lambda):
        value = copy.deepcopy(found.callee)
    else:
        body.append(plain(found.callee, None))
        value = ast.Name(found.callee.name, ast.Load())
    maker = ast.parse(f"def {name}():\n    pass").body[0]
    assert isinstance(maker, ast.FunctionDef)
    maker.body = [*body, ast.Return(value)]
    called = ast.Call(ast.Name(name, ast.Load()), [], [])
    return [maker, assigned(name, called)]


def importable(origin: str) -> bool:
    """Whether the text may import the thing: it is of NumPy, what is covered of others, or the standard
    library."""
    top = origin.split(".")[0]
    return top in ("numpy", "scipy", "pandas") or top in sys.stdlib_module_names


def _import(name: str, origin: str) -> ast.stmt:
    parent, _, last = origin.rpartition(".")
    alias = ast.alias(last, None if name == last else name)
    return ast.ImportFrom(parent, [alias], 0) if parent else ast.Import([alias])


def assigned(name: str, value: ast.expr) -> ast.Assign:
    """`name = value`."""
    return ast.Assign([ast.Name(name, ast.Store())], value)
