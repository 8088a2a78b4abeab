"""Functions as values: which one it is, in terms that hold in another process."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType

from loopwright.frontend.function_ref import FunctionRef, column_of

_PACKAGES = ("numpy", "math", "builtins")
_MODULES = ("scipy.special", "scipy.spatial.distance")
"""Where functions of SciPy are found, whatever module defines them."""
_NUMPY_KINDS = ("ufunc", "_ArrayFunctionDispatcher")
_MOST = 16
"""A function with more constants around it is no small piece of arithmetic."""


def function_ref(
    value: object, names: Mapping[str, object], holders: Mapping[str, object], inside: str = ""
) -> FunctionRef | None:
    """What `value` is if it is a function of the module with the global `names`, a function in a file, a
    method of either that is bound to one of `holders` (objects by path), or a function of NumPy, SciPy, math
    or the builtins, or a class of numbers there; else None.

    Of functions defined in the function `inside` no constants are told: its variables are at hand.
    """
    kind = type(value)
    if isinstance(value, MethodType) and kind is MethodType:
        function = value.__func__
        bound = next((p for p, o in holders.items() if o is value.__self__), None)
        if bound is None or type(function) is not FunctionType:
            return None
        code = function.__code__
        if function.__globals__ is names:
            return FunctionRef(code.co_qualname, code.co_firstlineno, bound)
        found = _of_file(function)
        return None if found is None else replace(found, bound=bound)
    if not isinstance(value, FunctionType) or kind is not FunctionType:
        return _of_library(value)
    code = value.__code__
    if value.__globals__ is names:
        own_name = inside and code.co_qualname.startswith(f"{inside}.<locals>.")
        values = () if own_name else _constants(_cells(value))
        return FunctionRef(
            code.co_qualname, code.co_firstlineno, values=values, col=column_of(code)
        )
    return _of_library(value) or _of_file(value)


def _of_file(function: FunctionType) -> FunctionRef | None:
    """A function of another file."""
    code = function.__code__
    file = os.path.abspath(code.co_filename)
    if not os.path.isfile(file):
        return None
    around = _globals(function)
    values = _constants({**around, **_cells(function)})
    line, col = code.co_firstlineno, column_of(code)
    return FunctionRef(code.co_qualname, line, "", False, file, values, col)


def _globals(function: FunctionType) -> dict[str, object]:
    """The globals that a function reads, and the functions of its module that it calls."""
    names = function.__globals__
    found: dict[str, object] = {}
    todo = [function]
    while todo:
        for name in _names(todo.pop().__code__):
            if name in names and name not in found:
                value = found[name] = names[name]
                if type(value) is FunctionType and value.__globals__ is names:
                    todo.append(value)
    return found


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _cells(function: FunctionType) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not bound yet
            continue
    return found


def _constants(values: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """The numbers and bools among the values, as literals."""
    plain = {
        name: value
        for name, value in values.items()
        if type(value) in (bool, int) or (type(value) is float and math.isfinite(value))
    }
    if len(plain) > _MOST:
        return ()
    return tuple((name, repr(value)) for name, value in sorted(plain.items()))


def is_number_class(value: object) -> bool:
    """Whether `value` is a class of numbers that NumPy or the builtins have."""
    if type(value) is not type:
        return False
    scalar = any(base.__name__ == "generic" for base in value.__mro__)
    return value in (bool, int, float, complex) or (scalar and value.__module__ == "numpy")


def _of_library(value: object) -> FunctionRef | None:
    """Functions that `<module>.<name>` leads to; NumPy's say in which module they are found."""
    kind = type(value)
    function = kind in (FunctionType, BuiltinFunctionType) or kind.__name__ in _NUMPY_KINDS
    if not function and not is_number_class(value):
        return None
    name = getattr(value, "__name__", "")
    for public in _MODULES:
        if public in sys.modules and getattr(sys.modules[public], name, None) is value:
            return FunctionRef(f"{public}.{name}", library=True)
    module = getattr(value, "__module__", None) or "numpy"
    if module.split(".")[0] not in _PACKAGES:
        return None
    found = getattr(sys.modules.get(module), name, None)
    return FunctionRef(f"{module}.{name}", library=True) if found is value else None
