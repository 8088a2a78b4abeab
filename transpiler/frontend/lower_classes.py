"""What the classes of the module define: methods, properties and constants, as values.

Everything that is used of a class is noted in the unit, for the guard of the kernel.
"""

from __future__ import annotations

import ast
import math
from dataclasses import replace

from loopwright.frontend.classes import class_constant, find_method, lineage
from loopwright.frontend.homes import is_foreign
from loopwright.frontend.lower_scope import Scope, decline
from loopwright.frontend.lower_values import Closure, Klass, Object, Value, number
from loopwright.frontend.names import is_private, scope_locals
from loopwright.frontend.region import Binding, ClassUse, MethodUse
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
    return isinstance(node, ast.FunctionDef) and binding_of(node) == "property"


def binding_of(node: ast.FunctionDef) -> Binding | None:
    """How the method is bound; None if its decorators tell something else."""
    match [ast.unparse(d) for d in node.decorator_list]:
        case []:
            return "method"
        case ["staticmethod" | "classmethod" | "property" as name]:
            return name
        case _:
            return None


def bound_method(cx: Scope, base: Object, attr: str, node: ast.AST) -> Closure | None:
    """The method or property `attr` of an object of known class."""
    if base.cls is None:
        return None
    found = find_method(cx.unit.module, base.cls, attr)
    binding = None if found is None else binding_of(found[1])
    if found is None or binding is None:
        return None
    method = found[1]
    if is_private(attr):
        decline(node, "LW103", f"`{attr}` is a private name of a class")
    if is_foreign(method):
        if binding == "classmethod":
            decline(node, "LW103", f"`{attr}` is a class method of a class of another file")
        return None  # which one it is a recording tells
    site, made = site_of(cx.unit.module, method), is_made(base.path)
    if binding == "classmethod" and site.enclosing:
        decline(node, "LW103", f"`{attr}` is a class method of a class that a function makes")
    qualname = site.qualname
    if made:
        _note_method(cx, Klass(base.cls), attr, qualname, binding)
    else:
        cx.unit.methods[MethodUse(base.path, attr, qualname, binding)] = None
    if binding == "classmethod":
        klass = Klass(base.cls) if made else Klass(base.cls, base.path, of_object=True)
        return Closure(method, qualname, klass=klass)
    return Closure(method, qualname, base.path, static=binding == "staticmethod")


def class_member(cx: Scope, base: Klass, attr: str, node: ast.AST) -> Value:
    """`Name.attr` of a class of the module: a function or a number."""
    if is_private(attr):
        decline(node, "LW103", f"`{attr}` is a private name of a class")
    value = _constant(cx, base, attr)
    if value is not None:
        return value
    found = find_method(cx.unit.module, base.node, attr)
    binding = None if found is None else binding_of(found[1])
    if found is None or binding in (None, "property"):
        decline(node, "LW103", f"`{base.node.name}.{attr}` is not covered")
    method = found[1]
    if is_foreign(method):
        decline(node, "LW103", f"`{attr}` is a method of a class of another file")
    assert binding is not None
    qualname = site_of(cx.unit.module, method).qualname
    _note_method(cx, base, attr, qualname, binding)
    return Closure(method, qualname, klass=base if binding == "classmethod" else None)


def _note_method(cx: Scope, klass: Klass, attr: str, qualname: str, binding: Binding) -> None:
    use = class_use(cx, klass)
    kept = dict.fromkeys((*use.methods, (attr, qualname, binding)))
    cx.unit.classes[klass] = replace(use, methods=tuple(kept))


def inherited_constant(cx: Scope, base: Object, attr: str) -> Value | None:
    """The number that the class of an object made here has under that name."""
    if base.cls is None or not is_made(base.path):
        return None
    return _constant(cx, Klass(base.cls), attr)


def _constant(cx: Scope, klass: Klass, attr: str) -> Value | None:
    found = class_constant(cx.unit.module, klass.node, attr)
    if found is None or is_foreign(found[0]):
        return None
    value = ast.literal_eval(found[1])
    use = class_use(cx, klass)
    text = repr(value) if math.isfinite(value) else f"float({str(value)!r})"
    kept = dict.fromkeys((*use.constants, (attr, text)))
    cx.unit.classes[klass] = replace(use, constants=tuple(kept))
    kind = BOOL if isinstance(value, bool) else INT if isinstance(value, int) else FLOAT
    return number(Const(value, kind))


def class_use(cx: Scope, klass: Klass) -> ClassUse:
    """What is noted of a class so far."""
    blank = ClassUse(klass.node.name, klass.path, klass.of_object)
    return cx.unit.classes.setdefault(klass, blank)


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
    use = class_use(cx, Klass(owner))
    kept = dict.fromkeys((*use.stored, attr))
    cx.unit.classes[Klass(owner)] = replace(use, stored=tuple(kept))


def _is_field(cls: ast.ClassDef, attr: str) -> bool:
    """Whether the class body only annotates the name."""
    return any(
        isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name) and s.target.id == attr
        for s in cls.body
    )
