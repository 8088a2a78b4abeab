"""Result types of operations: Python's rules on Python numbers, NumPy 2's (NEP 50) where an operand
is a NumPy scalar or an array.

NumPy itself is asked for the promotion (`ufunc.resolve_dtypes`), so the rules are its own. Each
function returns None where Python or NumPy raises TypeError.
"""

from __future__ import annotations

from typing import cast, get_args

import numpy as np

from loopwright.ir.nodes import BinaryOp, UnaryOp
from loopwright.ir.types import (
    BOOL,
    COMPLEX,
    F64,
    FLOAT,
    INT,
    Array,
    DType,
    Layout,
    ListOf,
    Num,
    Py,
    Scalar,
    Type,
    kind_of,
    machine_dtype,
)

UFUNCS: dict[BinaryOp, np.ufunc] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.true_divide,
    "floordiv": np.floor_divide,
    "mod": np.remainder,
    "pow": np.power,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
    "lshift": np.left_shift,
    "rshift": np.right_shift,
    "minimum": np.minimum,
    "maximum": np.maximum,
}
BITS = ("and", "or", "xor")
SHIFTS = ("lshift", "rshift")
DTYPES = frozenset(get_args(DType))
_RANK = {"bool": 0, "int": 1, "float": 2, "complex": 3}
_BY_RANK: tuple[Py, ...] = (BOOL, INT, FLOAT, COMPLEX)


def as_dtype(d: np.dtype) -> DType | None:
    """The IR's name of a NumPy dtype, None if it has none (object, float16, strings)."""
    return cast(DType, d.name) if d.name in DTYPES else None


def _placeholder(t: Type) -> object:
    """What `resolve_dtypes` takes for an operand: Python numbers are weak, except bool."""
    match t:
        case Py("int"):
            return int
        case Py("float"):
            return float
        case Py("complex"):
            return complex
        case _:
            return np.dtype(machine_dtype(t))


def promote(ufunc: np.ufunc, types: tuple[Type, ...]) -> DType | None:
    """The dtype of the result of `ufunc` on operands of these types."""
    weak = all(isinstance(t, Py) for t in types)
    given = [np.dtype(machine_dtype(t)) if weak else _placeholder(t) for t in types]
    try:
        resolved = ufunc.resolve_dtypes((*given, None))  # type: ignore[arg-type]
    except TypeError:
        return None
    return as_dtype(resolved[-1])


def rank_of(t: Type) -> int:
    return t.ndim if isinstance(t, (Array, ListOf)) else 0


def layout_of(types: tuple[Type, ...], ndim: int) -> Layout:
    """Layout of a fresh element-wise result: C unless an operand of full rank is known not to be."""
    full = [t for t in types if isinstance(t, Array) and t.ndim == ndim]
    return "C" if ndim < 2 or all(t.layout == "C" for t in full) else "A"


def shaped(dtype: DType, types: tuple[Type, ...]) -> Type:
    """The element-wise result of that dtype: an array if an operand is one."""
    ndim = max(map(rank_of, types))
    return Array(dtype, ndim, layout_of(types, ndim)) if ndim else Num(dtype)


def elementwise_type(ufunc: np.ufunc, types: tuple[Type, ...]) -> Type | None:
    dtype = promote(ufunc, types)
    return None if dtype is None else shaped(dtype, types)


def binary_type(op: BinaryOp, a: Type, b: Type) -> Type | None:
    """Type of `a op b`. An int to an int power is taken for an int: the caller guards the sign."""
    if a == COMPLEX and b == F64:
        # np.float64 is a float, so Python's complex takes the operation
        return COMPLEX if op in ("add", "sub", "mul", "truediv", "pow") else None
    if not (isinstance(a, Py) and isinstance(b, Py)):
        if op == "pow" and kind_of(machine_dtype(a)) == "b":
            # the dtype depends on the exponent
            return None
        return elementwise_type(UFUNCS[op], (a, b))
    if a.kind not in _RANK or b.kind not in _RANK:
        return None
    rank = max(_RANK[a.kind], _RANK[b.kind])
    if op in BITS:
        return None if rank > 1 else (_BY_RANK[rank])
    if op in SHIFTS:
        return None if rank > 1 else INT
    if op == "truediv":
        return COMPLEX if rank == 3 else FLOAT
    if op in ("floordiv", "mod"):
        return None if rank == 3 else _BY_RANK[max(rank, 1)]
    if op in ("minimum", "maximum"):
        return elementwise_type(UFUNCS[op], (a, b))
    return _BY_RANK[max(rank, 1)]


def unary_type(op: UnaryOp, t: Type) -> Type | None:
    if isinstance(t, Py):
        if t.kind not in _RANK:
            return None
        if op == "invert":
            return INT if t.kind in ("int", "bool") else None
        return INT if t.kind == "bool" else t
    ufunc = {"neg": np.negative, "pos": np.positive, "invert": np.invert}[op]
    return elementwise_type(ufunc, (t,))


def compare_type(a: Type, b: Type) -> Type:
    """Type of a comparison of numbers or arrays."""
    if (isinstance(a, Py) and isinstance(b, Py)) or (a == COMPLEX and b == F64):
        return BOOL
    return shaped("bool", (a, b))


def ordered(t: Type) -> bool:
    """False for complex numbers, which Python does not order (NumPy orders by real part)."""
    return not (isinstance(t, Py) and t.kind == "complex")


def same_kind(source: Type, target: DType) -> bool:
    """Whether an in-place operator may put `source` into an array of dtype `target`."""
    return bool(np.can_cast(machine_dtype(source), target, casting="same_kind"))


def sum_dtype(dtype: DType) -> DType:
    """dtype of `np.sum` / `np.prod` / `np.cumsum`: small integers are widened to the platform int."""
    if dtype in ("bool", "int8", "int16", "int32"):
        return "int64"
    return "uint64" if dtype in ("uint8", "uint16", "uint32") else dtype


def mean_dtype(dtype: DType) -> DType:
    """dtype of `np.mean`: integers and booleans give float64."""
    return dtype if dtype.startswith(("float", "complex")) else "float64"


def real_dtype(dtype: DType) -> DType:
    """dtype of the absolute value."""
    return {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)  # type: ignore[return-value]


SCALAR_ORDER: tuple[str, ...] = (
    "None", "bool", "int", "float", "complex", "np.bool", "np.int8", "np.int16", "np.int32",
    "np.int64", "np.uint8", "np.uint16", "np.uint32", "np.uint64", "np.float32", "np.float64",
    "np.complex64", "np.complex128",
)  # fmt: skip


def union(*groups: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    """The distinct types of several sets in one fixed order."""
    return tuple(sorted({t for g in groups for t in g}, key=lambda t: SCALAR_ORDER.index(str(t))))


def carrier(types: tuple[Scalar, ...]) -> Scalar | None:
    """The machine type that holds a number of any of these types; None if no type holds all.

    An int in a float carrier must be checked to be exactly representable.
    """
    numbers = tuple(t for t in types if t != Py("none"))
    if len(numbers) < 2:
        return numbers[0] if numbers else Py("none")
    dtypes = {machine_dtype(t) for t in numbers}
    kinds = {np.dtype(d).kind for d in dtypes}
    wide: DType
    if kinds <= {"b"}:
        wide = "bool"
    elif kinds <= {"b", "i", "u"}:
        if "uint64" in dtypes:
            return None
        wide = "int64"
    else:
        if dtypes & {"uint64"}:
            return None
        if "c" in kinds and kinds != {"c"}:
            return None
        wide = "complex128" if "c" in kinds else "float64"
    for t in reversed(numbers):
        if machine_dtype(t) == wide:
            return t
    return Num(wide)
