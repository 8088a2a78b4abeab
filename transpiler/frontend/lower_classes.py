"""What the classes of the module define: methods, properties and constants, as values.

Everything that is used of a class is noted in the unit, for the guard of the kernel.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from loopwright.frontend.classes import class_constant, find_method, lineage
from loopwright.frontend.homes import is_foreign
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Closure, Klass, Object, Value, number
from loopwright.frontend.names import scope_locals
from loopwright.frontend.region import ClassUse, MethodUse
from loopwright.frontend.scopes import module_names, site_of
from loopwright.ir.nodes import Const
from loopwright.ir.types import BOOL, FLOAT, INT

MADE = "@"
"""Marks the paths of objects that the region makes; no source text holds such a name."""


def is_made(path: str) -> bool:
    return MADE in path


def holder_of(path: str) -> str:
    """The object that has the attribute at `path`."""
    return path.rpartition(".")[0]


def class_named(cx: Scope, name: str) -> Klass | None:
    """The class of the module with that global name."""
    found = module_names(cx.unit.module).classes.get(name)
    return None if found is None else Klass(found)


def is_property(node: ast.FunctionDef | ast.Lambda) -> bool:
    return _decorators(node) == ["property"]


def _decorators(node: ast.FunctionDef | ast.Lambda) -> list[str]:
    """The decorators; of those that are no plain names, their text."""
    return [ast.unparse(d) for d in getattr(node, "decorator_list", [])]


def bound_method(cx: Scope, base: Object, attr: str) -> Closure | None:
    """The method or property `attr` of an object of known class."""
    if base.cls is None:
        return None
    found = find_method(cx.unit.module, base.cls, attr)
    if found is None or _decorators(found[1]) not in ([], ["staticmethod"], ["property"]):
        return None
    method = found[1]
    if is_foreign(method):
        return None  # which one it is a recording tells
    qualname = site_of(cx.unit.module, method).qualname
    prop, static = is_property(method), _decorators(method) == ["staticmethod"]
    if not is_made(base.path):
        cx.unit.methods[MethodUse(base.path, attr, qualname, prop, static)] = None
    else:
        use = class_use(cx, base.cls)
        kept = dict.fromkeys((*use.methods, (attr, qualname)))
        cx.unit.classes[use.name] = replace(use, methods=tuple(kept))
    return Closure(method, qualname, base.path, static=static)


def class_member(cx: Scope, base: Klass, attr: str, node: ast.AST) -> Value:
    """`Name.attr` of a class of the module: a function or a number."""
    value = _constant(cx, base.node, attr)
    if value is not None:
        return value
    found = find_method(cx.unit.module, base.node, attr)
    unfit = found is None or _decorators(found[1]) not in ([], ["staticmethod"])
    if found is None or unfit or is_foreign(found[1]):
        decline(node, "LW103", f"`{base.node.name}.{attr}` is not covered")
    qualname = site_of(cx.unit.module, found[1]).qualname
    use = class_use(cx, base.node)
    kept = dict.fromkeys((*use.methods, (attr, qualname)))
    cx.unit.classes[use.name] = replace(use, methods=tuple(kept))
    return Closure(found[1], qualname)


def inherited_constant(cx: Scope, base: Object, attr: str) -> Value | None:
    """The number that the class of an object made here has under that name."""
    if base.cls is None or not is_made(base.path):
        return None
    return _constant(cx, base.cls, attr)


def _constant(cx: Scope, owner: ast.ClassDef, attr: str) -> Value | None:
    found = class_constant(cx.unit.module, owner, attr)
    if found is None or is_foreign(found[0]):
        return None
    value = ast.literal_eval(found[1])
    use = class_use(cx, owner)
    kept = dict.fromkeys((*use.constants, (attr, repr(value))))
    cx.unit.classes[use.name] = replace(use, constants=tuple(kept))
    kind = BOOL if isinstance(value, bool) else INT if isinstance(value, int) else FLOAT
    return number(Const(value, kind))


def class_use(cx: Scope, owner: ast.ClassDef) -> ClassUse:
    """What is noted of a class so far."""
    return cx.unit.classes.setdefault(owner.name, ClassUse(owner.name))


def note_store(cx: Scope, path: str, node: ast.AST) -> None:
    """An attribute of an object made here is set; declined if its class observes that."""
    holder, _, attr = path.rpartition(".")
    scope: Scope | None = cx
    while scope is not None and holder not in scope.made:
        scope = scope.caller
    assert scope is not None
    owner = scope.made[holder]
    for cls in lineage(cx.unit.module, owner):
        constant = class_constant(cx.unit.module, cls, attr) is not None
        if attr in scope_locals(cls) and not (constant or _is_field(cls, attr)):
            decline(node, "LW104", f"the class `{cls.name}` defines `{attr}` itself")
    use = class_use(cx, owner)
    kept = dict.fromkeys((*use.stored, attr))
    cx.unit.classes[use.name] = replace(use, stored=tuple(kept))


def _is_field(cls: ast.ClassDef, attr: str) -> bool:
    """Whether the class body only annotates the name."""
    return any(
        isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name) and s.target.id == attr
        for s in cls.body
    )
