"""Values seen at run time in terms of the type lattice, and bounded copies of them.

Types are exact: a subclass of ndarray, an object array or a list of mixed kinds has none. NumPy is looked up
in `sys.modules`, so a program that does not use it does not start to.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations
from types import MemberDescriptorType, ModuleType, SimpleNamespace
from typing import Any, TypeGuard, get_args

from loopwright.ir.types import (
    MOST_ITEMS,
    NONE,
    STR,
    Array,
    Chars,
    DictOf,
    DType,
    ListOf,
    Num,
    Py,
    Ragged,
    RecordForm,
    Records,
    Rng,
    RowOf,
    TupleOf,
    Type,
    is_scalar,
)
from loopwright.runtime.classes import like_list

SAMPLE_BYTES = 8 * 2**20
LIST_CHECK = 2_000_000
_MOST_AXES = 3
"""Lists (of lists) with more elements than this count as unknown: checking them would be slow."""

_LOOKED_AT = 10_000
"""Items of a list that `name_of` looks at."""

_PY: dict[type, Py] = {
    int: Py("int"),
    float: Py("float"),
    bool: Py("bool"),
    complex: Py("complex"),
    str: STR,
    type(None): NONE,
}
_PLAIN_READS: tuple[object, ...] = object.__getattribute__, SimpleNamespace.__getattribute__
_DTYPES = frozenset(get_args(DType))
_BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


def _numpy() -> ModuleType | None:
    return sys.modules.get("numpy")


def type_of(value: object) -> Type | None:
    """The exact type of `value` (arrays with layout "C" whatever their strides), or None if it has none."""
    kind = type(value)
    if kind in _PY:
        return _PY[kind]
    if isinstance(value, list):
        found = _list_type(value) if kind is list or like_list(value) else None
        return found if kind is list or isinstance(found, ListOf) else None
    if isinstance(value, tuple):
        return _tuple_type(value) if kind is tuple else None
    if isinstance(value, dict):
        return _dict_type(value) if kind is dict else None
    if kind is random.Random:
        return Rng("Random")
    np = _numpy()
    return None if np is None or not hasattr(np, "generic") else _numpy_type(np, value)


def name_of(value: Any, depth: int = 2) -> str:
    """What a value is that `type_of` does not know, for people: `list of float or int`."""
    kind = type(value).__name__
    np = _numpy()
    if np is not None and type(value) is getattr(np, "ndarray", None):
        return f"ndarray[{value.dtype}, {value.ndim}]"
    if type(value) in (list, tuple, set) and depth and value:
        return f"{kind} of {_names(value, depth)}"
    if type(value) is dict and depth and value:
        return f"{kind} of {_names(value, depth)} to {_names(value.values(), depth)}"
    return kind


def _names(values: Iterable[Any], depth: int) -> str:
    found = {name_of(v, depth - 1) for v, _ in zip(values, range(_LOOKED_AT), strict=False)}
    return " or ".join(sorted(found)[:3])


def _numpy_type(np: ModuleType, value: Any) -> Type | None:
    kind = type(value)
    if kind is np.ndarray:
        dtype = value.dtype
        if dtype.name not in _DTYPES or not dtype.isnative or value.ndim == 0:
            return None
        return Array(dtype.name, value.ndim)
    if isinstance(value, np.generic):
        name = value.dtype.name
        return Num(name) if name in _DTYPES and kind is np.dtype(name).type else None
    if "numpy.random" in sys.modules and kind is np.random.Generator:
        return Rng() if type(value.bit_generator).__name__ in _BIT_GENERATORS else None
    if "numpy.random" in sys.modules and kind is np.random.RandomState:
        twister = type(value._bit_generator).__name__ == "MT19937"
        return Rng("RandomState") if twister else None
    return None


def _list_type(value: list[object]) -> Type | None:
    """Homogeneous lists of numbers, rectangular and with no row shared if nested.

    `ListOf(NONE)` is a list without elements, so that nothing is known of their type.
    """
    if len(value) > LIST_CHECK:
        return None
    if not value:
        return ListOf(NONE)
    first = type(value[0])
    if first is list:
        return _rectangular(value) or _ragged(value)
    np = _numpy()
    if np is not None and first is getattr(np, "ndarray", None):
        return _ragged(value)
    if first is tuple:
        return _records(value)
    if _is_named(value[0]):
        return _named_records(value)
    if any(type(v) is not first for v in value):
        return None
    if first is str:
        total = sum(len(word) for word in value if isinstance(word, str))
        return Ragged(Chars()) if total <= LIST_CHECK else None
    elem = type_of(value[0])
    return ListOf(elem) if isinstance(elem, Py | Num) and is_scalar(elem) else None


def _tuple_type(value: tuple[object, ...]) -> Type | None:
    """Long tuples are known by what all items are."""
    if len(value) <= MOST_ITEMS:
        known = tuple(t for t in map(type_of, value) if t is not None)
        return TupleOf(known) if len(known) == len(value) else None
    elem = type_of(value[0])
    alike = len(value) <= LIST_CHECK and set(map(type, value)) == {type(value[0])}
    return RowOf(elem) if alike and isinstance(elem, Py | Num) and is_scalar(elem) else None


def _records(value: list[Any]) -> Type | None:
    """The type of a list of tuples of numbers, all of one type."""
    only = type_of(value[0])
    if not isinstance(only, TupleOf) or not only.items:
        return None
    numbers = tuple(t for t in only.items if isinstance(t, Py | Num) and is_scalar(t))
    kinds = [type(item) for item in value[0]]
    alike = all(list(map(type, row)) == kinds for row in value)
    return Records(numbers) if alike and len(numbers) == len(only.items) else None


def _is_object(value: object) -> bool:
    """Whether the value is an object of a class written in Python, whose attributes are plain reads."""
    cls = type(value)
    plain = cls.__getattribute__ in _PLAIN_READS and not hasattr(cls, "__getattr__")
    return plain and (hasattr(value, "__dict__") or hasattr(cls, "__slots__"))


def _is_named(value: object) -> bool:
    """Whether entries or attributes of the value may be known by their names."""
    return type(value) is dict or _is_object(value)


def _held(value: Any) -> Mapping[Any, object]:
    """The entries of a dict, or the attributes of an object."""
    if type(value) is dict:
        return value
    own: dict[str, object] = getattr(value, "__dict__", {})
    slots = [c for c in type(value).__mro__ if "__slots__" in vars(c)]
    if not slots:
        return own
    names = [n for c in slots for n, m in vars(c).items() if type(m) is MemberDescriptorType]
    return {**{n: getattr(value, n) for n in names if hasattr(value, n)}, **own}


def fields_of(value: object) -> dict[str, object]:
    """Of a dict the entries with strings for keys, or of an object the attributes, that are numbers."""
    found: dict[str, object] = {}
    for name, held in _held(value).items():
        t = (
            type_of(held)
            if type(name) is str and not isinstance(held, list | tuple | dict)
            else None
        )
        if isinstance(t, Py | Num) and is_scalar(t):
            found[name] = held
    return found


def _named_records(value: list[Any]) -> Type | None:
    """The type of a list of dicts or objects: of those numbers that all of them have, of one type."""
    form: RecordForm = "dict" if type(value[0]) is dict else "object"
    kinds = {name: type(held) for name, held in fields_of(value[0]).items()}
    for each in value:
        if (type(each) is dict) != (form == "dict") or not (form == "dict" or _is_object(each)):
            return None
        held = _held(each)
        kinds = {name: kind for name, kind in kinds.items() if type(held.get(name)) is kind}
        if not kinds:
            return None
    first = fields_of(value[0])
    known = {n: t for n in sorted(kinds) if isinstance(t := type_of(first[n]), Py | Num)}
    return Records(tuple(known.values()), tuple(known), form)


def _dict_type(value: dict[object, object]) -> Type | None:
    """Dicts from int to one kind of number, list or array, or to tuples of one kind."""
    if not value:
        return DictOf()
    if len(value) > LIST_CHECK or any(type(key) is not int for key in value):
        return None
    if sum(len(v) for v in value.values() if isinstance(v, list)) > LIST_CHECK:
        return None
    only = _common_type(value.values())
    if _is_row(only):
        return DictOf((only,))
    row = isinstance(only, TupleOf)
    columns = only.items if isinstance(only, TupleOf) else (only,)
    numbers = tuple(t for t in columns if isinstance(t, Py | Num) and is_scalar(t))
    return DictOf(numbers, row) if len(numbers) == len(columns) > 0 else None


def _rectangular(value: list[Any]) -> Type | None:
    """The type of lists of one shape, none of which is shared."""
    width = len(value[0])
    if len({id(row) for row in value}) != len(value) or width * len(value) > LIST_CHECK:
        return None
    inner = type_of(value[0])
    if not isinstance(inner, ListOf) or inner.elem == NONE:
        return None
    alike = all(type(r) is list and len(r) == width and type_of(r) == inner for r in value[1:])
    return ListOf(inner.elem, inner.ndim + 1) if alike and _square(value) else None


def _ragged(value: list[Any]) -> Type | None:
    """The type of rows of any lengths, all of one type; None if all lists are empty."""
    first = type(value[0])
    if any(type(row) is not first for row in value):
        return None
    if first is list and sum(map(len, value)) > LIST_CHECK:
        return None
    rows = _common_type(value)
    if isinstance(rows, Array) and 1 < rows.ndim <= _MOST_AXES:
        # joined along the first axis
        return Ragged(rows) if len({row.shape[1:] for row in value}) == 1 else None
    return Ragged(rows) if _is_row(rows) else None


def _common_type(values: Collection[Any]) -> Type | None:
    """The one type of all values, leaving empty lists aside; of lists of dicts or objects what they share."""
    if all(type(v) is list for v in values):
        first = next((row[0] for row in values if row), None)
        if _is_named(first):
            return _named_records([each for row in values for each in row])
    kinds = {type_of(v) for v in values}
    if len(kinds) > 1:
        kinds.discard(ListOf(NONE))
    return kinds.pop() if len(kinds) == 1 else None


def _is_row(t: Type | None) -> TypeGuard[ListOf | Array | Records]:
    """Whether rows of the type may differ in length."""
    if isinstance(t, ListOf | Array):
        return t.ndim == 1 and t != ListOf(NONE)
    return isinstance(t, Records)


def _square(value: object) -> bool:
    """All rows of each level have one length."""
    return shape_of(value) is not None


def shape_of(value: object) -> tuple[int, ...] | None:
    """The shape of an array or of a rectangular list; None for other values."""
    if isinstance(value, list):
        if not value or not isinstance(value[0], list):
            return (len(value),)
        shapes = {shape_of(row) for row in value}
        inner = shapes.pop() if len(shapes) == 1 else None
        return None if inner is None else (len(value), *inner)
    np = _numpy()
    if np is not None and isinstance(value, np.ndarray):
        return tuple(value.shape)
    return None


def layout_of(value: object) -> str | None:
    """ "C", "F" or "A" for an array, else None."""
    np = _numpy()
    if np is None or not isinstance(value, np.ndarray):
        return None
    if value.flags.c_contiguous:
        return "C"
    return "F" if value.flags.f_contiguous else "A"


def range_of(value: object, kind: Type) -> tuple[int, int] | None:
    """Least and greatest int in an int or a list of ints; None for other types."""
    if kind == Py("int"):
        assert isinstance(value, int)
        return value, value
    if isinstance(kind, Ragged):
        kind = kind.rows
    if isinstance(kind, ListOf) and kind.elem == Py("int"):
        flat = _flat(value)
        return (min(flat), max(flat)) if flat else None
    return None


def _flat(value: object) -> list[int]:
    if isinstance(value, list):
        return [i for v in value for i in _flat(v)]
    assert isinstance(value, int)
    return [value]


def bytes_of(value: object) -> int:
    """Roughly how much memory a copy takes."""
    if isinstance(value, list | tuple):
        if value and not isinstance(value[0], int | float | complex | str | None):
            return sum(map(bytes_of, value))
        return 16 * len(value)
    if isinstance(value, dict):
        return 32 * len(value) + sum(map(bytes_of, value.values()))
    if isinstance(value, str):
        return len(value)
    return int(getattr(value, "nbytes", 32))


def copy_of(value: object) -> object:
    """A deep copy of a value that `type_of` knows; arrays keep C or Fortran order."""
    if isinstance(value, list):
        flat = not value or isinstance(value[0], int | float | complex | tuple)
        if value and _is_named(value[0]):
            return [fields_of(v) for v in value]
        return list(value) if flat else [copy_of(v) for v in value]
    if isinstance(value, tuple):
        return tuple(map(copy_of, value))
    if isinstance(value, dict):
        return {key: copy_of(held) for key, held in value.items()}
    np = _numpy()
    if np is not None and isinstance(value, np.ndarray):
        return value.copy(order="K")
    if type(value) is random.Random:
        made = random.Random()
        made.setstate(value.getstate())
        return made
    if np is not None and "numpy.random" in sys.modules:
        return _stream_copy(np, value)
    return value


def _stream_copy(np: ModuleType, source: Any) -> object:
    """A copy of a Generator or RandomState; other values as they are."""
    if type(source) is np.random.RandomState:
        state = np.random.RandomState()
        state.set_state(source.get_state())
        return state
    if type(source) is not np.random.Generator:
        return source
    bits = type(source.bit_generator)()
    bits.state = source.bit_generator.state
    return np.random.Generator(bits)


def shared_of(values: Mapping[str, object]) -> frozenset[tuple[str, str]]:
    """The pairs of names, each in alphabetical order, whose values are one list or share memory as arrays."""
    np = _numpy()
    lists = sorted(name for name, value in values.items() if type(value) is list)
    found = {(a, b) for a, b in combinations(lists, 2) if values[a] is values[b]}
    if np is not None:
        arrays = sorted(name for name, value in values.items() if isinstance(value, np.ndarray))
        pairs = combinations(arrays, 2)
        found |= {(a, b) for a, b in pairs if np.may_share_memory(values[a], values[b])}
    return frozenset(found)


def sample_size(values: Mapping[str, object]) -> int:
    """Bytes of all values of a sample together."""
    return sum(map(bytes_of, values.values()))
