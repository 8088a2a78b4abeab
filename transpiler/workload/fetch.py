"""The values of live-ins at a probe, looked up so that no code of the program runs."""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType, MethodType, ModuleType

from loopwright.workload.probes import Source

MISSING = object()


def fetch(source: Source, roots: tuple[object, ...], names: Mapping[str, object]) -> object:
    """The live-in's value without running any code of the program; `MISSING` if that is not possible."""
    if source.argument is not None:
        value = roots[source.argument]
    else:
        value = names.get(source.root, MISSING)
    for kind, key in source.steps:
        if kind == "item":
            value = _entry(value, key)
        else:
            value = _attribute(value, str(key))
    return value


def _entry(value: object, key: str | int) -> object:
    # as `runtime.guard.item`, which would load NumPy into the recorded process
    if not isinstance(value, dict):
        return MISSING
    for name in ("__getitem__", "__contains__", "get"):
        found = next(b.__dict__[name] for b in type(value).__mro__ if name in b.__dict__)
        if found is not dict.__dict__[name]:
            return MISSING
    return dict.get(value, key, MISSING)


def _attribute(value: object, name: str) -> object:
    if isinstance(value, ModuleType):
        return vars(value).get(name, MISSING)
    for base in type(value).__mro__:
        found = base.__dict__.get(name)
        if found is not None and type(found).__name__ in ("member_descriptor", "_tuplegetter"):
            return getattr(value, name, MISSING)
        if found is not None and hasattr(type(found), "__set__"):
            return MISSING
    try:
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return MISSING
    if name in own:
        return own[name]
    for base in type(value).__mro__:
        if name in base.__dict__:
            found = base.__dict__[name]
            return MISSING if hasattr(type(found), "__get__") else found
    return MISSING


def method(value: object, name: str) -> object:
    """The method that `value.name` finds in the class of the object; `MISSING` if it is no plain one."""
    cls = type(value)
    if cls.__getattribute__ is not object.__getattribute__ or name in getattr(
        value, "__dict__", ()
    ):
        return MISSING
    found = next((base.__dict__[name] for base in cls.__mro__ if name in base.__dict__), None)
    return MethodType(found, value) if type(found) is FunctionType else MISSING
