"""Functions as values: which one it is, in terms that hold in another process."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import BuiltinFunctionType, FunctionType, MethodType

from loopwright.frontend.region import FunctionRef

_PACKAGES = ("numpy", "math")


def function_ref(
    value: object, names: Mapping[str, object], holders: Mapping[str, object]
) -> FunctionRef | None:
    """What `value` is if it is a function of the module with the global `names`, a method of it that is
    bound to one of `holders` (objects by path), or a function of NumPy or math; else None."""
    kind = type(value)
    if isinstance(value, MethodType) and kind is MethodType:
        function = value.__func__
        bound = next((p for p, o in holders.items() if o is value.__self__), None)
        if bound is None or type(function) is not FunctionType:
            return None
        return _own(function, names, bound)
    if isinstance(value, FunctionType) and value.__globals__ is names:
        return _own(value, names, "")
    return _of_library(value)


def _own(function: FunctionType, names: Mapping[str, object], bound: str) -> FunctionRef | None:
    if function.__globals__ is not names:
        return None
    code = function.__code__
    return FunctionRef(code.co_qualname, code.co_firstlineno, bound)


def _of_library(value: object) -> FunctionRef | None:
    """Functions that `<package>.<name>` leads to; NumPy's say in which module they are found."""
    numpy = sys.modules.get("numpy")
    ufunc = getattr(numpy, "ufunc", ())
    if not isinstance(value, FunctionType | BuiltinFunctionType | ufunc):
        array_function = type(value).__name__ == "_ArrayFunctionDispatcher"
        if not array_function:
            return None
    name = getattr(value, "__name__", "")
    module = getattr(value, "__module__", None) or "numpy"
    if module.split(".")[0] not in _PACKAGES:
        return None
    found = getattr(sys.modules.get(module), name, None)
    return FunctionRef(f"{module}.{name}", library=True) if found is value else None
