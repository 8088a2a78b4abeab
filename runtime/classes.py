"""Classes of users that do what a builtin class does."""

from __future__ import annotations

from typing import Final

_NEVER_LOOKED_UP: Final = frozenset({
    "__abstractmethods__", "__annotate__", "__annotate_func__", "__annotations__", "__class_getitem__",
    "__copy__", "__deepcopy__", "__del__", "__dict__", "__doc__", "__firstlineno__", "__getstate__",
    "__init__", "__init_subclass__", "__module__", "__new__", "__orig_bases__", "__parameters__",
    "__qualname__", "__reduce__", "__reduce_ex__", "__repr__", "__setstate__", "__slotnames__", "__slots__",
    "__static_attributes__", "__str__", "__type_params__", "__weakref__",
})  # fmt: skip
"""Special names that have nothing to do with the elements."""


def like_list(kind: type) -> bool:
    """Whether what reads or changes an object of the class as a list finds what it would in a list: it is a
    subclass of `list` that has no other methods for that, nor for operators and builtin functions."""
    if not issubclass(kind, list):
        return False
    for base in kind.__mro__:
        if base is list or base is object:
            continue
        for name in vars(base):
            if name in _NEVER_LOOKED_UP:
                continue
            if (name.startswith("__") and name.endswith("__")) or hasattr(list, name):
                return False
    return True
