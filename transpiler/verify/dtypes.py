"""Which dtypes a name in an annotation admits, the most usual first."""

from __future__ import annotations

import ast

from loopwright.verify.scope import Scope, last_name

DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
)  # fmt: skip
_FLOATING = ("float64", "float32", "float16")
_SIGNED = ("int64", "int32", "int8", "int16")
_UNSIGNED = ("uint8", "uint64", "uint16", "uint32")
_COMPLEX = ("complex128", "complex64")
_REAL = ("float64", "int64", "float32", "int32", "uint8", "int8", "uint64", "float16")
BARE = ("float64", "float32", "int64")
"""What an array of no stated dtype is taken to be."""
NAMES: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in DTYPES},
    "bool_": ("bool",), "double": ("float64",), "single": ("float32",), "half": ("float16",),
    "intp": ("int64",), "int_": ("int64",), "float_": ("float64",), "longlong": ("int64",),
    "uintp": ("uint64",), "intc": ("int32",), "uint": ("uint64",), "cdouble": ("complex128",),
    "csingle": ("complex64",), "byte": ("int8",), "ubyte": ("uint8",), "short": ("int16",),
    "ushort": ("uint16",), "uintc": ("uint32",), "long": ("int64",), "ulong": ("uint64",),
    "complex_": ("complex128",), "float": ("float64",), "int": ("int64",), "complex": ("complex128",),
    "floating": _FLOATING, "integer": _SIGNED + _UNSIGNED, "signedinteger": _SIGNED,
    "unsignedinteger": _UNSIGNED, "complexfloating": _COMPLEX, "inexact": _FLOATING + _COMPLEX,
    "number": _REAL + _COMPLEX, "generic": (*_REAL, "bool", *_COMPLEX), "object_": ("object",),
    "object": ("object",), "Any": BARE,
}  # fmt: skip
JAXTYPING: dict[str, tuple[str, ...]] = {
    "Float": ("float64", "float32", "float16"), "Float16": ("float16",), "Float32": ("float32",),
    "Float64": ("float64",), "Int": _SIGNED, "Int8": ("int8",), "Int16": ("int16",),
    "Int32": ("int32",), "Int64": ("int64",), "UInt": _UNSIGNED, "UInt8": ("uint8",),
    "UInt16": ("uint16",), "UInt32": ("uint32",), "UInt64": ("uint64",), "Bool": ("bool",),
    "Integer": _SIGNED + _UNSIGNED, "Complex": _COMPLEX, "Complex64": ("complex64",),
    "Complex128": ("complex128",), "Num": _REAL + _COMPLEX, "Shaped": (*_REAL, "bool"),
    "Inexact": _FLOATING + _COMPLEX, "Real": _REAL,
}  # fmt: skip


def dtypes_of(node: ast.expr, scope: Scope) -> tuple[str, ...] | None:
    """The dtypes that a scalar type admits (`np.float64`, `np.floating[Any]`, `np.float32 | np.float64`);
    None if it is not understood. Type variables are left to the caller."""
    match node:
        case ast.Constant(value=str(text)):
            try:
                return dtypes_of(ast.parse(text, mode="eval").body, scope)
            except SyntaxError:
                return None
        case ast.BinOp(left, ast.BitOr(), right):
            return _joined([left, right], scope)
        case ast.Subscript(base, inside) if last_name(base) == "Union":
            return _joined(inside.elts if isinstance(inside, ast.Tuple) else [inside], scope)
        case ast.Subscript(base, inside) if last_name(base) == "dtype":
            return dtypes_of(inside, scope)
        case ast.Subscript(base, _):
            return dtypes_of(base, scope)
        case ast.Name(name) if name in scope.aliases and name not in scope.open:
            scope.open.add(name)
            try:
                return dtypes_of(scope.aliases[name], scope)
            finally:
                scope.open.discard(name)
        case ast.Name(name) if (other := scope.beside(name)) is not None:
            return dtypes_of(node, other)
        case _:
            name = last_name(node)
            return NAMES.get(scope.renamed.get(name, name))


def _joined(nodes: list[ast.expr], scope: Scope) -> tuple[str, ...] | None:
    found = [dtypes_of(node, scope) for node in nodes]
    return None if None in found else tuple(d for each in found for d in each or ())
