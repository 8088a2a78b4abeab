"""Objects that are called: whose class the source does not tell, and which `__call__` they may have.

Which one it is comes from a recording; the guard of a kernel tests that the class of the object has it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache

from loopwright.frontend.classes import attribute_class, class_at
from loopwright.frontend.linked import classes_at_hand
from loopwright.frontend.names import Chain, bound_names, chain_of, parameters, walk_scope
from loopwright.frontend.overrides import overrides
from loopwright.frontend.region import Module
from loopwright.frontend.scopes import Site, kind_of_name, methods_of, module_names
from loopwright.ir.domain import Step, path_text

_MOST = 16
"""More classes with a `__call__` would make a region read too many things that are not there."""
CALL: Step = ("attr", "__call__")
"""Where a path goes on to what runs when the object there is called."""


def called_methods(module: Module, site: Site, chain: Chain) -> tuple[ast.FunctionDef, ...]:
    """The `__call__` that the object at `chain` may have, if it is one and the source does not tell its
    class: those of the classes that derive from what it is said to be, or of all classes at hand."""
    if kind_of_name(module, site, chain.root) not in ("local", "closure", "global"):
        return ()
    owner = class_at(module, site, chain.root, chain.steps)
    return _call_methods(module) if owner is None else overrides(module, owner, "__call__")


@lru_cache(maxsize=64)
def _call_methods(module: Module) -> tuple[ast.FunctionDef, ...]:
    """Every `__call__` of the module and of the files that it imports; those of the one or of the others are
    left out where they are too many."""
    found: list[ast.FunctionDef] = []
    for classes in (tuple(module_names(module).classes.values()), classes_at_hand(module)):
        methods = [methods_of(cls)["__call__"] for cls in classes if "__call__" in methods_of(cls)]
        methods = [method for method in methods if not method.decorator_list]
        found += methods if len(found) + len(methods) <= _MOST else []
    return tuple(found)


@lru_cache(maxsize=1024)
def taken_from(function: ast.FunctionDef, name: str) -> Chain | None:
    """What the only assignment to a local name takes the value from, if that is another name or an
    attribute."""
    if name in parameters(function) or sum(bound_names(s).count(name) for s in function.body) != 1:
        return None
    for part in walk_scope(function):
        match part:
            case ast.Assign([ast.Name(target)], ast.Name() | ast.Attribute() as value):
                if target == name:
                    return chain_of(value)
    return None


def class_seen(
    module: Module,
    site: Site,
    seen: Mapping[str, ast.ClassDef],
    root: str,
    steps: Sequence[Step] = (),
) -> ast.ClassDef | None:
    """The class of the object at a path; `seen` are those, by path, that only a recording tells."""
    for length in range(len(steps), -1, -1):
        owner = seen.get(path_text(root, tuple(steps[:length])))
        if owner is None:
            continue
        for kind, key in steps[length:]:
            owner = attribute_class(module, owner, str(key)) if owner and kind == "attr" else None
        return owner
    return class_at(module, site, root, steps)
