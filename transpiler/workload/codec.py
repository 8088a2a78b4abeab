"""Values and types as JSON plus `.npy` members: no pickle, and every bit comes back.

Arrays and long lists of numbers become members of the archive; the JSON refers to them by number.
"""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from loopwright.ir.types import (
    Array,
    Chars,
    DictOf,
    ListOf,
    Num,
    Py,
    Ragged,
    Records,
    Rng,
    RowOf,
    TupleOf,
    Type,
)

Json: TypeAlias = Any
_INLINE = 32
_BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


def encode_type(t: Type) -> Json:
    match t:
        case Py(kind):
            return ["py", kind]
        case Num(dtype):
            return ["num", dtype]
        case Array(dtype, ndim, layout):
            return ["array", dtype, ndim, layout]
        case ListOf(elem, ndim):
            return ["list", encode_type(elem), ndim]
        case Ragged(rows):
            return ["ragged", encode_type(rows)]
        case DictOf(columns, row):
            return ["dict", [encode_type(c) for c in columns], row]
        case Chars():
            return ["chars"]
        case Records(columns, names, form):
            return ["records", [encode_type(c) for c in columns], [*names], form]
        case RowOf(elem):
            return ["row", encode_type(elem)]
        case TupleOf(items):
            return ["tuple", [encode_type(i) for i in items]]
        case Rng(form):
            return ["rng", form]


def decode_type(data: Json) -> Type:
    """Raises ValueError for what `encode_type` does not write."""
    match data:
        case ["py", str() as kind]:
            return Py(kind)  # type: ignore[arg-type]
        case ["num", str() as dtype]:
            return Num(dtype)  # type: ignore[arg-type]
        case ["array", str() as dtype, int() as ndim, str() as layout]:
            return Array(dtype, ndim, layout)  # type: ignore[arg-type]
        case ["list", elem, int() as ndim]:
            inner = decode_type(elem)
            if isinstance(inner, Py | Num):
                return ListOf(inner, ndim)
            raise ValueError(f"not a type: {data!r}")
        case ["ragged", rows]:
            inner = decode_type(rows)
            if isinstance(inner, ListOf | Array | Chars | Records):
                return Ragged(inner)
            raise ValueError(f"not a type: {data!r}")
        case ["dict", list() as columns, bool() as row]:
            kinds = tuple(map(decode_type, columns))
            known = tuple(t for t in kinds if isinstance(t, Py | Num | ListOf | Array | Records))
            if len(known) == len(kinds):
                return DictOf(known, row)
            raise ValueError(f"not types of values: {columns!r}")
        case ["chars"]:
            return Chars()
        case ["records", list() as columns, list() as names, "tuple" | "dict" | "object" as form]:
            return Records(_numbers(columns), tuple(map(str, names)), form)
        case ["row", elem]:
            return RowOf(*_numbers([elem]))
        case ["tuple", list() as items]:
            return TupleOf(tuple(map(decode_type, items)))
        case ["rng", "Generator" | "RandomState" | "Random" as form]:
            return Rng(form)
        case _:
            raise ValueError(f"not a type: {data!r}")


def _numbers(columns: list[Json]) -> tuple[Py | Num, ...]:
    kinds = tuple(t for t in map(decode_type, columns) if isinstance(t, Py | Num))
    if len(kinds) != len(columns):
        raise ValueError(f"not types of numbers: {columns!r}")
    return kinds


class Encoder:
    """Collects the arrays of one archive in `members`, as `.npy` bytes."""

    def __init__(self) -> None:
        self.members: list[bytes] = []
        self._known: dict[bytes, int] = {}

    def _member(self, array: np.ndarray[Any, Any]) -> int:
        stream = io.BytesIO()
        np.save(stream, array, allow_pickle=False)
        data = stream.getvalue()
        # nested regions see the same arrays
        at = self._known.setdefault(hashlib.sha256(data).digest(), len(self.members))
        if at == len(self.members):
            self.members.append(data)
        return at

    def value(self, value: object) -> Json:
        """Raises TypeError for a value that is not plain data."""
        match value:
            case None | bool() | str():
                return value
            case np.ndarray():
                return {"array": self._member(value)}
            case np.generic():
                return {"scalar": self._member(np.asarray(value))}
            case int():
                return {"int": str(value)}
            case float():
                return {"float": value.hex()}
            case complex():
                return {"complex": [value.real.hex(), value.imag.hex()]}
            case list():
                return self._list(value)
            case tuple():
                return {"tuple": [self.value(v) for v in value]}
            case dict():
                return {"dict": [[self.value(k), self.value(v)] for k, v in value.items()]}
            case np.random.Generator():
                bits = value.bit_generator
                return {"rng": type(bits).__name__, "state": self.value(bits.state)}
            case np.random.RandomState():
                return {"random_state": self.value(value.get_state(legacy=False))}
            case random.Random():
                return {"random": self.value(value.getstate())}
            case _:
                raise TypeError(f"{type(value).__name__} is not plain data")

    def _list(self, value: list[object]) -> Json:
        if len(value) > _INLINE and type(value[0]) in (int, float, bool):
            kind = type(value[0])
            wide = kind is int and any(abs(v) >= 2**63 for v in value if isinstance(v, int))
            if not wide and all(type(v) is kind for v in value):
                dtype = {int: np.int64, float: np.float64, bool: np.bool_}[kind]
                return {"numbers": self._member(np.array(value, dtype))}
        if len(value) > _INLINE and isinstance(value[0], np.generic):
            if all(type(v) is type(value[0]) for v in value):
                return {"scalars": self._member(np.array(value))}
        return {"list": [self.value(v) for v in value]}


def decode_value(data: Json, member: Callable[[int], np.ndarray[Any, Any]]) -> object:
    """The value again; `member` gives the archive's arrays. Raises ValueError for other data."""
    match data:
        case None | bool() | str():
            return data
        case {"array": int() as at}:
            return member(at)
        case {"scalar": int() as at}:
            return member(at)[()]
        case {"int": str() as text}:
            return int(text)
        case {"float": str() as text}:
            return float.fromhex(text)
        case {"complex": [str() as real, str() as imag]}:
            return complex(float.fromhex(real), float.fromhex(imag))
        case {"list": list() as items}:
            return [decode_value(i, member) for i in items]
        case {"numbers": int() as at}:
            return member(at).tolist()
        case {"scalars": int() as at}:
            return list(member(at))
        case {"tuple": list() as items}:
            return tuple(decode_value(i, member) for i in items)
        case {"dict": list() as pairs}:
            return {decode_value(k, member): decode_value(v, member) for k, v in pairs}
        case {"rng": str() as name, "state": state} if name in _BIT_GENERATORS:
            bits = getattr(np.random, name)()
            bits.state = decode_value(state, member)
            return np.random.Generator(bits)
        case {"random_state": state}:
            made: Any = np.random.RandomState()
            made.set_state(decode_value(state, member))
            return made
        case {"random": state}:
            plain, given = random.Random(), decode_value(state, member)
            plain.setstate(given)  # type: ignore[arg-type]
            return plain
        case _:
            raise ValueError(f"not a value: {str(data)[:60]}")
