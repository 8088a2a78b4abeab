"""Methods that classes of the module override: which one a call finds is told by a recording.

The source tells what each of them reads; the guard of a kernel tests that the class of the object has the
one that was compiled.
"""

from __future__ import annotations

import ast
from collections import deque
from functools import lru_cache
from random import Random

from loopwright.frontend.classes import ORDINARY, class_at, find_method, lineage
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


_MOST = 16
"""More methods of one name would make a region read too many things that are not there."""
_OF_OTHERS = ORDINARY.union(
    *map(dir, (dict, set, deque, tuple, bytes, int, float, Random)),
    """get_state rand randint randn random_integers random_sample seed set_state tomaxint""".split(),  # noqa: SIM905
)
"""Methods of what is no object of the program: containers, numbers, arrays, generators."""


@lru_cache(maxsize=1024)
def methods_at_hand(module: Module, name: str) -> tuple[ast.FunctionDef, ...]:
    """The methods of that name of all classes of the module and of the files that it imports from; none if
    they are too many, or if things that are no objects of the program have such a method."""
    if name in _OF_OTHERS or (name.startswith("__") and not name.endswith("__")):
        return ()
    classes = dict.fromkeys((*module_names(module).classes.values(), *classes_at_hand(module)))
    found = [methods_of(cls)[name] for cls in classes if name in methods_of(cls)]
    found = [method for method in found if not method.decorator_list]
    return tuple(found) if len(found) <= _MOST else ()


def of_unknown_class(module: Module, site: Site, chain: Chain) -> tuple[ast.FunctionDef, ...]:
    """The methods that `chain` may lead to, if the source does not tell the class of the object."""
    if not chain.steps or chain.steps[-1][0] != "attr":
        return ()
    if class_at(module, site, chain.root, chain.steps[:-1]) is not None:
        return ()
    return methods_at_hand(module, str(chain.steps[-1][1]))


def overrides_at(module: Module, site: Site, chain: Chain) -> tuple[ast.FunctionDef, ...]:
    """The methods that `chain` may lead to, if classes override the one there."""
    if not chain.steps or chain.steps[-1][0] != "attr":
        return ()
    owner = class_at(module, site, chain.root, chain.steps[:-1])
    return () if owner is None else overrides(module, owner, str(chain.steps[-1][1]))
