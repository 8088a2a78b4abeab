"""Classes of users that do what a builtin class does."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from typing import Final

_NEVER_LOOKED_UP: Final = frozenset({
    "__abstractmethods__", "__annotate__", "__annotate_func__", "__annotations__", "__class_getitem__",
    "__copy__", "__deepcopy__", "__del__", "__dict__", "__doc__", "__firstlineno__", "__getstate__",
    "__init__", "__init_subclass__", "__module__", "__new__", "__orig_bases__", "__parameters__",
    "__qualname__", "__reduce__", "__reduce_ex__", "__repr__", "__setstate__", "__slotnames__", "__slots__",
    "__static_attributes__", "__str__", "__type_params__", "__weakref__",
})  # fmt: skip
"""Special names that have nothing to do with the elements."""


_known: Final[dict[type, tuple[tuple[type, ...], list[tuple[type, frozenset[str]]], bool]]] = {}
"""What was found of subclasses of `list`: all bases at that time, those before `list` with the names in
each, and whether they act like it."""

_MOST: Final = 256


def like_list(value: object) -> bool:
    """Whether what reads or changes the object finds what it would in a list: it is of a subclass of `list`,
    and neither the class nor the object has other methods for that, nor what operators, builtin functions or
    NumPy look for."""
    kind = type(value)
    if not issubclass(kind, list) or not _plain(kind):
        return False
    own = getattr(value, "__dict__", None)
    return not own or not _decide(own)


def _plain(kind: type) -> bool:
    """Whether no class before `list` has a name that decides. Classes may get other names at any time."""
    bases = kind.__mro__
    known = _known.get(kind)
    if known is not None and known[0] is bases:
        for base, names in known[1]:
            if base.__dict__.keys() != names:
                break
        else:
            return known[2]
    own = [(b, frozenset(vars(b))) for b in bases if b is not list and b is not object]
    found = not any(_decide(names - _NEVER_LOOKED_UP) for _, names in own)
    if len(_known) >= _MOST:
        _known.clear()
    if "numpy" in sys.modules:
        _known[kind] = bases, own, found
    return found


def _decide(names: Iterable[str]) -> bool:
    looked_up = _looked_up("numpy" in sys.modules)
    return any(
        name in looked_up or (name.startswith("__") and name.endswith("__")) for name in names
    )


@cache
def _looked_up(numpy: bool) -> frozenset[str]:
    """NumPy's functions ask for a method of their name first."""
    return frozenset(dir(list)).union(dir(sys.modules["numpy"].ndarray) if numpy else ())
