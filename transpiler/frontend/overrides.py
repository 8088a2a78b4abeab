"""Methods that classes of the module override: which one a call finds is told by a recording.

The source tells what each of them reads; the guard of a kernel tests that the class of the object has the
one that was compiled.
"""

from __future__ import annotations

import ast
from functools import lru_cache

from loopwright.frontend.classes import class_at, find_method, lineage
from loopwright.frontend.homes import home_of, is_foreign
from loopwright.frontend.linked import classes_at_hand
from loopwright.frontend.names import Chain
from loopwright.frontend.region import Module
from loopwright.frontend.scopes import Site, decorator_names, methods_of, module_names


@lru_cache(maxsize=1024)
def overrides(module: Module, owner: ast.ClassDef, name: str) -> tuple[ast.FunctionDef, ...]:
    """The methods that `name` may stand for on objects of `owner` and of the classes that derive from it;
    empty if that is the method of `owner` for all of them, and stands in the module."""
    if name.startswith("__") and not name.endswith("__"):
        return ()
    known = [*module_names(module).classes.values()]
    if is_foreign(owner):
        known += dict.fromkeys(
            (*module_names(home_of(module, owner)).classes.values(), *classes_at_hand(module))
        )
    derived = [
        method
        for cls in known
        if cls is not owner and owner in lineage(module, cls)
        if (method := methods_of(cls).get(name)) is not None and not method.decorator_list
    ]
    own = find_method(module, owner, name)
    if own is None or decorator_names(own[1]) == {"abstractmethod"}:
        return tuple(derived)
    alone = not derived and not is_foreign(own[1])
    return () if own[1].decorator_list or alone else (own[1], *derived)


def overrides_at(module: Module, site: Site, chain: Chain) -> tuple[ast.FunctionDef, ...]:
    """The methods that `chain` may lead to, if classes override the one there."""
    if not chain.steps or chain.steps[-1][0] != "attr":
        return ()
    owner = class_at(module, site, chain.root, chain.steps[:-1])
    return () if owner is None else overrides(module, owner, str(chain.steps[-1][1]))
