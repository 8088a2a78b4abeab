"""The type lattice of the IR.

Python numbers and NumPy scalars are different types: `Py("int")` is unbounded, `Num("int64")` wraps;
`Py("float")` raises ZeroDivisionError, `Num("float64")` gives inf. Reading an element of an array
yields a `Num`, reading an element of a list yields a `Py`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

PyKind: TypeAlias = Literal["int", "float", "bool", "complex", "str", "none"]
DType: TypeAlias = Literal[
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float32", "float64", "complex64", "complex128",
]  # fmt: skip
Layout: TypeAlias = Literal["C", "F", "A"]


@dataclass(frozen=True, slots=True)
class Py:
    """A Python object of an immutable builtin type. `str` and `none` are opaque."""

    kind: PyKind

    def __str__(self) -> str:
        return "None" if self.kind == "none" else self.kind


@dataclass(frozen=True, slots=True)
class Num:
    """A NumPy scalar; in low-level IR also the machine number of that width."""

    dtype: DType

    def __str__(self) -> str:
        return f"np.{self.dtype}"


@dataclass(frozen=True, slots=True)
class Array:
    """An ndarray of one dtype and rank. `A` is any stride pattern, `C` and `F` contiguous."""

    dtype: DType
    ndim: int
    layout: Layout = "C"

    def __str__(self) -> str:
        dims = ", ".join([":"] * self.ndim)
        mark = "" if self.layout == "C" else f", {self.layout!r}"
        return f"ndarray[np.{self.dtype}, ({dims}){mark}]"


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of numbers; `ndim` > 1 is a rectangular list of lists, no row shared.

    A kernel holds it as a C-contiguous array; elements read from it have the type `elem`. In a
    recording `ListOf(NONE)` is a list without elements.
    """

    elem: Py | Num
    ndim: int = 1

    def __str__(self) -> str:
        return "list[" * self.ndim + str(self.elem) + "]" * self.ndim


@dataclass(frozen=True, slots=True)
class Chars:
    """A string of any length; only read.

    The type of a live-in, never of an IR variable: kernels get its code points, an array of uint32.
    """

    def __str__(self) -> str:
        return "str"


@dataclass(frozen=True, slots=True)
class Ragged:
    """A list of lists of numbers or of tuples, dicts or objects (`Records`), of arrays, or of strings, that
    may differ in length; only read. Arrays of several axes differ in the first one alone.

    The type of a live-in, never of an IR variable: kernels hold its rows joined to one (`rows`), beside
    the first position of each row and the one behind its last, a list of pairs of ints. Of tuples they get
    that for a list of lists of their first items, one of their second ones, and so on; of dicts and objects
    for each column.
    """

    rows: ListOf | Array | Chars | Records

    def __str__(self) -> str:
        if isinstance(self.rows, Chars):
            return "list[str]"
        return f"list[{self.rows}] of any lengths"


@dataclass(frozen=True, slots=True)
class DictOf:
    """A dict with Python ints for keys; only read. `columns` are the types of its values: one number, list,
    array of one axis or list of tuples, dicts or objects, or those of the items of tuples of numbers
    (`row`). Without columns it has no entries.

    The type of a live-in, never of an IR variable: kernels get the keys in ascending order as a list of
    ints, the place of each key there in the order of the dict, and a list for each column.
    """

    columns: tuple[Py | Num | ListOf | Array | Records, ...] = ()
    row: bool = False

    def __str__(self) -> str:
        if not self.columns:
            return "dict without entries"
        inner = ", ".join(map(str, self.columns))
        return f"dict[int, tuple[{inner}]]" if self.row else f"dict[int, {inner}]"


RecordForm: TypeAlias = Literal["tuple", "dict", "object"]


@dataclass(frozen=True, slots=True)
class Records:
    """A list of tuples of one length, with at least one; only read. `columns` are the types of their items.

    Or of dicts or objects (`form`): then of the entries or attributes `names`; what else they have is not
    known. The type of a live-in, never of an IR variable: kernels get a list for each column.
    """

    columns: tuple[Py | Num, ...]
    names: tuple[str, ...] = ()
    form: RecordForm = "tuple"

    def __str__(self) -> str:
        if self.form == "tuple":
            return f"list[tuple[{', '.join(map(str, self.columns))}]]"
        pairs = zip(self.names, self.columns, strict=True)
        return f"list of {self.form}s with {', '.join(f'{n}: {c}' for n, c in pairs)}"

    def only(self, names: Collection[str]) -> Records:
        """The same records, of which only these entries or attributes are known."""
        kept = [(n, c) for n, c in zip(self.names, self.columns, strict=True) if n in names]
        return replace(self, columns=tuple(c for _, c in kept), names=tuple(n for n, _ in kept))


@dataclass(frozen=True, slots=True)
class RowOf:
    """A tuple of numbers of one type, of any length; only read.

    The type of a live-in, never of an IR variable: kernels get a list.
    """

    elem: Py | Num

    def __str__(self) -> str:
        return f"tuple[{self.elem}, ...]"


@dataclass(frozen=True, slots=True)
class TupleOf:
    items: tuple[Type, ...]

    def __str__(self) -> str:
        return "tuple[" + ", ".join(map(str, self.items)) + "]"


def listed(elem: Py | Num | ListOf | Array | Records) -> ListOf | Ragged:
    """The type of a list of such elements."""
    return ListOf(elem) if isinstance(elem, Py | Num) else Ragged(elem)


RngForm: TypeAlias = Literal["Generator", "RandomState", "Random"]


@dataclass(frozen=True, slots=True)
class Rng:
    """A stream of random numbers: an object of the class `form`, which decides what its methods draw."""

    form: RngForm = "Generator"

    def __str__(self) -> str:
        return f"{'' if self.form == 'Random' else 'np.'}random.{self.form}"


Scalar: TypeAlias = Py | Num
Type: TypeAlias = (
    Py | Num | Array | ListOf | Ragged | DictOf | Chars | Records | RowOf | TupleOf | Rng
)

MOST_ITEMS = 16
"""Items of a tuple from outside that kernels get one by one."""
INT = Py("int")
FLOAT = Py("float")
BOOL = Py("bool")
COMPLEX = Py("complex")
STR = Py("str")
NONE = Py("none")
F64 = Num("float64")
F32 = Num("float32")
I64 = Num("int64")
B1 = Num("bool")
C128 = Num("complex128")

CODE = Num("uint32")
CODES = Array("uint32", 1)

_MACHINE: dict[PyKind, DType] = {
    "int": "int64",
    "float": "float64",
    "bool": "bool",
    "complex": "complex128",
}


def machine_dtype(t: Type) -> DType:
    """The dtype that holds a number of type `t` in a kernel (`int` becomes int64, checked)."""
    match t:
        case Num(dtype):
            return dtype
        case Py(kind) if kind in _MACHINE:
            return _MACHINE[kind]
        case Array(dtype, _, _):
            return dtype
        case ListOf(elem, _):
            return machine_dtype(elem)
        case _:
            raise TypeError(f"{t} has no machine representation")


def is_scalar(t: Type) -> bool:
    """True for numbers: Python and NumPy scalars, not strings and None."""
    return isinstance(t, Num) or (isinstance(t, Py) and t.kind in _MACHINE)


def element(t: Type) -> Scalar:
    """The type of one element: `Num` for an array, `Py` for a list."""
    match t:
        case Array(dtype, _, _):
            return Num(dtype)
        case ListOf(elem, _):
            return elem
        case _:
            raise TypeError(f"{t} has no elements")


def kind_of(dtype: DType) -> Literal["b", "i", "u", "f", "c"]:
    """NumPy's kind letter: bool, signed, unsigned, floating, complex."""
    if dtype == "bool":
        return "b"
    if dtype.startswith("uint"):
        return "u"
    return {"i": "i", "f": "f", "c": "c"}[dtype[0]]  # type: ignore[return-value]
