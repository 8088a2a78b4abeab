"""Which globals of a module keep the value that they have, as far as its text tells."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

_ANY_NAME = frozenset({"globals", "vars", "setattr", "delattr", "exec", "eval", "__dict__", "modules",
                       "__setattr__", "import_module", "reload"})  # fmt: skip
_RESHAPING = frozenset({"shape", "dtype", "strides"})


@dataclass(frozen=True, slots=True)
class Steady:
    """`assigned` are the names that some function of the texts may set; `any_name` tells that it may be
    any, as a name is computed; `reshapes` that an array may change its shape or dtype in place."""

    assigned: frozenset[str] = frozenset()
    any_name: bool = False
    reshapes: bool = False

    def keeps(self, name: str) -> bool:
        """True if the global of this name has one value all the time."""
        return not self.any_name and name not in self.assigned


def steady(sources: Iterable[str]) -> Steady:
    """What texts tell together."""
    assigned: set[str] = set()
    any_name = reshapes = False
    for node in (node for source in sources for node in ast.walk(ast.parse(source))):
        match node:
            case ast.Global(names):
                assigned.update(names)
            case ast.Attribute(_, name, ast.Store() | ast.Del()):
                assigned.add(name)  # a module that another one holds
                reshapes = reshapes or name in _RESHAPING
            case ast.Attribute(_, "resize"):
                reshapes = True
            case ast.Attribute(_, name) | ast.Name(name) if name in _ANY_NAME:
                any_name = True
    return Steady(frozenset(assigned), any_name, reshapes)
