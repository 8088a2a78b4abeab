"""Classes of users that do what a builtin class does."""

from __future__ import annotations

import sys
from typing import Final

_NEVER_LOOKED_UP: Final = frozenset({
    "__abstractmethods__", "__annotate__", "__annotate_func__", "__annotations__", "__class_getitem__",
    "__copy__", "__deepcopy__", "__del__", "__dict__", "__doc__", "__firstlineno__", "__getstate__",
    "__init__", "__init_subclass__", "__module__", "__new__", "__orig_bases__", "__parameters__",
    "__qualname__", "__reduce__", "__reduce_ex__", "__repr__", "__setstate__", "__slotnames__", "__slots__",
    "__static_attributes__", "__str__", "__type_params__", "__weakref__",
})  # fmt: skip
"""Special names that have nothing to do with the elements."""


def like_list(value: object) -> bool:
    """Whether what reads or changes the object finds what it would in a list: it is of a subclass of `list`,
    and neither the class nor the object has other methods for that, nor what operators, builtin functions or
    NumPy look for."""
    kind = type(value)
    if not issubclass(kind, list):
        return False
    looked_up: tuple[type, ...] = (list,)
    array = getattr(sys.modules.get("numpy"), "ndarray", None)
    if array is not None:  # NumPy's functions ask for a method of their name first
        looked_up = list, array
    for base in kind.__mro__:
        if base is list or base is object:
            continue
        if any(_decides(name, looked_up) for name in vars(base) if name not in _NEVER_LOOKED_UP):
            return False
    own = getattr(value, "__dict__", {})
    return not any(_decides(name, looked_up) for name in own)


def _decides(name: str, looked_up: tuple[type, ...]) -> bool:
    if name.startswith("__") and name.endswith("__"):
        return True
    return any(hasattr(kind, name) for kind in looked_up)
