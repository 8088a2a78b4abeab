"""A picture of values that later calls cannot change: everything that counts, nothing that does not.

Instances of classes of user modules become `Instance` (each side has its own class of one name),
functions and classes become `Named`; arrays keep their shared buffers, so aliasing is in the picture.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from loopwright.verify import codec

SIDE = "loopwright_side_"
"""Prefix of the names under which the two modules under test are loaded."""
LONGEST_ITERATOR = 200
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)
_OURS = ("loopwright.verify", "numpy", "builtins", "copyreg", "collections", "random", "_operator")


@dataclass
class Instance:
    """An object of a class under test: the class's name and its attributes."""

    name: str
    state: Any


@dataclass(frozen=True)
class Named:
    """A function, class or module: known by its name only."""

    name: str


@dataclass
class Items:
    """What an iterator gave: its items, and the exception type after them ("" if it just ended)."""

    items: list[Any]
    error: str
    ended: bool


class _Snapshot(codec.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, np.ndarray):
            return codec.reduce_array(obj)
        if isinstance(obj, _FUNCTIONS):
            return _function(obj)
        if isinstance(obj, types.ModuleType):
            return (Named, (obj.__name__,))
        if isinstance(obj, types.GeneratorType):
            return (Named, ("generator",))
        module = str(getattr(obj, "__module__", None) or type(obj).__module__)
        if module.partition(".")[0] in _STANDARD or module.startswith("loopwright.verify"):
            return NotImplemented
        return _instance(obj)


_STANDARD = {name.partition(".")[0] for name in _OURS if "." not in name}


def _function(obj: Any) -> Any:
    module = str(getattr(obj, "__module__", "") or "")
    if module.startswith("loopwright.verify") or module.partition(".")[0] in _STANDARD:
        return NotImplemented
    return (Named, (getattr(obj, "__qualname__", type(obj).__name__),))


def _instance(obj: Any) -> Any:
    name = type(obj).__qualname__
    state: dict[str, Any] = {}
    for cls in type(obj).__mro__:
        for slot in getattr(cls, "__slots__", ()) or ():
            if hasattr(obj, slot):
                state[slot] = getattr(obj, slot)
    state.update(getattr(obj, "__dict__", {}))
    for base in (dict, list, tuple, set, str, int, float):
        if isinstance(obj, base):
            plain: Any = base
            state[""] = plain(obj)
    return (Instance, (name, state))


def take(value: Any) -> Any:
    """The picture of `value`; objects that cannot be pictured are known by their type."""
    try:
        return codec.loads(codec.dumps(value, _Snapshot))
    except Exception:  # `__reduce__` and properties of the user may raise anything
        return _piecewise(value)


def _piecewise(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(map(take, value)) if type(value) in (tuple, list) else Named("sequence")
    if isinstance(value, dict):
        return {k: take(v) for k, v in value.items()}
    return Named(type(value).__qualname__)


def is_lazy(value: object) -> bool:
    """True for iterators that compute as they are read: generators, map, zip, iterators."""
    return isinstance(value, Iterator) and not isinstance(value, type)


def drain(value: Iterator[Any]) -> Items:
    """Read an iterator to its end, or to `LONGEST_ITERATOR` items."""
    items: list[Any] = []
    try:
        for item in value:
            items.append(take(item))
            if len(items) >= LONGEST_ITERATOR:
                return Items(items, "", False)
    except Exception as error:
        return Items(items, type(error).__qualname__, True)
    return Items(items, "", True)
