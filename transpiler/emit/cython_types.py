"""C types of IR types in Cython's pure Python mode."""

from __future__ import annotations

from collections.abc import Mapping

from loopwright.diagnostics import NOWHERE
from loopwright.emit.body import decline
from loopwright.ir.types import Array, DType, Num, Type

C_TYPE: Mapping[DType, str] = {
    "bool": "bint",
    "int8": "schar",
    "int16": "short",
    "int32": "int",
    "int64": "longlong",
    "uint8": "uchar",
    "uint16": "ushort",
    "uint32": "uint",
    "uint64": "ulonglong",
    "float32": "float",
    "float64": "double",
}


def scalar_type(dtype: DType) -> str:
    """`cython.double` and so on. Raises CannotLower for complex numbers: C multiplies and divides them
    by other rules than NumPy."""
    if dtype not in C_TYPE:
        raise decline("LW103", f"{dtype} has no form in the Cython backend", NOWHERE)
    return f"cython.{C_TYPE[dtype]}"


def element_type(dtype: DType) -> str:
    """The C type of an array element; booleans are bytes."""
    return "cython.uchar" if dtype == "bool" else scalar_type(dtype)


def view_type(t: Array, const: bool, contiguous: bool = True) -> str:
    """The typed memoryview that holds an array.

    Raises CannotLower for rank 0 and for more dimensions than a memoryview has.
    """
    if not 1 <= t.ndim <= 8:
        raise decline("LW103", f"an array of rank {t.ndim} has no memoryview", NOWHERE)
    elem = element_type(t.dtype)
    axes = [":"] * t.ndim
    if contiguous and t.layout != "A":
        axes[-1 if t.layout == "C" else 0] = "::1"
    return f"{f'cython.const[{elem}]' if const else elem}[{', '.join(axes)}]"


def local_type(t: Type, const: bool, contiguous: bool = True) -> str:
    """The type of a variable."""
    match t:
        case Array():
            return view_type(t, const, contiguous)
        case Num(dtype):
            return scalar_type(dtype)
        case _:
            raise decline("LW103", f"a variable of type {t} has no form in Cython", NOWHERE)
