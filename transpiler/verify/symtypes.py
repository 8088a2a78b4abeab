"""What the types of values decide in symbolic execution: `type(x) is int`, `isinstance`, `hasattr`.

A type is told only where it is sure for every value of the declared kind: of parameters themselves, of
strings and tuples, of constants. A number that was computed may be of Python or of NumPy: it is not told.
"""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from loopwright.verify.kinds import NpNumber, PyNumber
from loopwright.verify.symbols import (
    UNKNOWN,
    AnyRank,
    Items,
    Known,
    Letters,
    Object,
    Run,
    Tuple,
    Value,
)
from loopwright.verify.terms import Num

_NUMBERS = {"int": int, "float": float, "bool": bool, "complex": complex}
_WITHOUT_STATE = (int, float, bool, complex, str, bytes, list, tuple, dict, np.ndarray)
"""An instance of these has what its class gives it: none takes an attribute of its own."""


def class_of(run: Run, value: Value) -> type | None:
    """The class that a value is of, exactly; None if that is not sure."""
    match value:
        case Known(known):
            return type(known)
        case Num():
            return _class_of_parameter(run, value)
        case AnyRank():
            return np.ndarray
        case Items(_, _, array, name, prefix):
            # an array's rows are arrays; what slicing makes of a subclass is not asked, as there is none
            return None if name is None or prefix else np.ndarray if array else list
        case Letters():
            return str
        case Tuple():
            return tuple
        case Object(cls):
            return cls
        case _:
            return None


def _class_of_parameter(run: Run, value: Num) -> type | None:
    for kind, number in run.inputs.scalars.values():
        if number is value:
            match kind:
                case PyNumber(name):
                    return _NUMBERS[name]
                case NpNumber(dtype):
                    return np.dtype(dtype).type
    return None


def asked_of_types(run: Run, function: Any, args: list[Value]) -> Value:
    """The answer of a builtin that asks for types; unknown if it is none, or if it is not sure."""
    match args:
        case [value] if function is type:
            cls = class_of(run, value)
            return UNKNOWN if cls is None else Known(cls)
        case [value, classes] if function is isinstance:
            return _instance(class_of(run, value), _classes(classes))
        case [Known(type() as cls), classes] if function is issubclass:
            return _instance(cls, _classes(classes))
        case [Known(types.ModuleType() as module), Known(str() as name)] if function is hasattr:
            return Known(hasattr(module, name))
        case [value, Known(str() as name)] if function is hasattr:
            cls = class_of(run, value)
            return Known(_has(cls, name)) if cls is not None and _is_plain(cls) else UNKNOWN
        case [value] if function is callable:
            cls = class_of(run, value)
            return UNKNOWN if cls is None else Known(_has(cls, "__call__"))
        case [value] if function is np.isscalar:
            return _scalar(class_of(run, value))
        case [Known(np.dtype() | type() as a), Known(b)] if function is np.issubdtype:
            return _answered(lambda: np.issubdtype(a, b))
        case _:
            return UNKNOWN


def _is_plain(cls: type) -> bool:
    return cls in _WITHOUT_STATE or (issubclass(cls, np.generic) and cls.__module__ == "numpy")


def _has(cls: type, name: str) -> bool:
    """Whether instances have an attribute; what the class has as an object, its instances have not."""
    return any(name in vars(each) for each in cls.__mro__)


def _classes(value: Value) -> Any:
    """What stands behind the comma of `isinstance`; None if it is not known."""
    match value:
        case Known(known):
            return known
        case Tuple(values):
            inner = tuple(map(_classes, values))
            return None if None in inner else inner
        case _:
            return None


def _instance(cls: type | None, classes: Any) -> Value:
    if cls is None or classes is None:
        return UNKNOWN
    return _answered(lambda: issubclass(cls, classes))


def _scalar(cls: type | None) -> Value:
    if cls is None:
        return UNKNOWN
    return Known(issubclass(cls, np.generic) or cls in (int, float, bool, complex, str, bytes))


def _answered(ask: Any) -> Value:
    try:
        return Known(bool(ask()))
    except TypeError:  # not a class, as the call itself would say
        return UNKNOWN
