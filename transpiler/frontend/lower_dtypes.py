"""dtypes: what names one (`float`, `np.int32`, `'<f8'`), and dtype objects such as `x.dtype`.

A dtype object is a `Library` whose name is that of `numpy.dtype` and the dtype, with a blank between.
"""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache

import numpy as np

from loopwright.frontend.lower_parts import describe
from loopwright.frontend.lower_scope import decline
from loopwright.frontend.lower_values import Library, Text, Value, integer, number
from loopwright.frontend.typing_rules import DTYPES, as_dtype
from loopwright.ir.types import DType

_NAMES: dict[str, DType] = {
    "builtins.float": "float64", "builtins.int": "int64", "builtins.bool": "bool",
    "builtins.complex": "complex128", "numpy.bool_": "bool", "numpy.double": "float64",
    "numpy.single": "float32", "numpy.intp": "int64", "numpy.int_": "int64", "numpy.uint": "uint64",
    "numpy.intc": "int32", "numpy.byte": "int8", "numpy.ubyte": "uint8",
    "numpy.short": "int16", "numpy.ushort": "uint16", "numpy.csingle": "complex64",
    "numpy.cdouble": "complex128",
    **{f"numpy.{name}": name for name in DTYPES},
}  # fmt: skip
_OBJECT = "numpy.dtype "
_ABSTRACT = frozenset(
    ("generic", "number", "integer", "signedinteger", "unsignedinteger", "inexact", "floating")
) | {"complexfloating", "character", "flexible"}
"""Classes of NumPy that have no instances."""


def dtype_of(value: Value | None, node: ast.AST) -> DType | None:
    """The dtype that an argument names; None if it is not given."""
    if value is None:
        return None
    found = _named(value)
    if found is None:
        decline(node, "LW304", f"{describe(value)} is not a dtype that the compiler knows")
    return found


def _named(value: Value) -> DType | None:
    match value:
        case Library(name) if name.startswith(_OBJECT):
            return name.removeprefix(_OBJECT)  # type: ignore[return-value]
        case Library(name):
            return _NAMES.get(name)
        case Text(text):
            return _of_text(text)
        case _:
            return None


@lru_cache(maxsize=64)
def _of_text(text: str) -> DType | None:
    """`'f8'`, `'<i4'`, `'float'`: NumPy is asked.

    None for another byte order, for what is no number, and for a second type of the same size (`'q'`).
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = np.dtype(text)
    except (TypeError, ValueError, Warning):
        return None
    name = as_dtype(found)
    usual = np.dtype(name)
    return name if found.isnative and found.char == usual.char else None


def is_dtype(name: str) -> bool:
    return name in _NAMES


def dtype_object(dtype: DType) -> Library:
    """What `x.dtype` and `np.dtype(...)` are."""
    return Library(_OBJECT + dtype)


def is_object(value: Value) -> bool:
    return isinstance(value, Library) and value.name.startswith(_OBJECT)


def same_dtype(a: Value, b: Value, node: ast.AST) -> bool:
    """`x.dtype == y`, where `y` may be anything that names a dtype."""
    return dtype_of(a, node) == dtype_of(b, node)


def dtype_attribute(value: Library, attr: str, node: ast.AST) -> Value:
    """`x.dtype.kind` and the like."""
    found = np.dtype(value.name.removeprefix(_OBJECT))
    match attr:
        case "kind":
            return Text(found.kind)
        case "name":
            return Text(found.name)
        case "itemsize":
            return number(integer(found.itemsize))
        case "type":
            return Library(f"numpy.{found.name}")
        case _:
            decline(node, "LW103", f"attribute `{attr}` of a dtype is not covered")


def is_subdtype(a: Value, b: Value, node: ast.AST) -> bool:
    """`np.issubdtype(a, b)`: NumPy is asked."""
    dtype = dtype_of(a, node)
    if isinstance(b, Library) and b.name.removeprefix("numpy.") in _ABSTRACT:
        return bool(np.issubdtype(dtype, getattr(np, b.name.removeprefix("numpy."))))
    return bool(np.issubdtype(dtype, dtype_of(b, node)))
