"""From values to kinds: what examples and recordings show, widened to whole classes."""

from __future__ import annotations

import dataclasses
import enum
import random
from collections import deque
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from loopwright.verify.kinds import (
    NONE,
    Anything,
    ArrayKind,
    DictKind,
    FunctionKind,
    Kind,
    ListKind,
    NpNumber,
    PyNumber,
    RandomKind,
    RecordKind,
    Text,
    TupleKind,
    one_of,
)

_DEEPEST = 6
_LONGEST_TUPLE = 4


def kind_of_value(value: object, depth: int = 0) -> Kind:
    """The class of `value`: any length, any layout, any value of the same types."""
    if depth > _DEEPEST:
        return Anything()
    match value:
        case None:
            return NONE
        case enum.Enum():
            members = tuple((name, NONE) for name in type(value).__members__)
            return RecordKind(type(value).__qualname__, members, "enum")
        case np.ndarray():
            return ArrayKind(str(value.dtype), (None,) * value.ndim)
        case np.generic():
            return NpNumber(str(value.dtype))
        case bool() | int() | float() | complex():
            return PyNumber(type(value).__name__)
        case str():
            return Text()
        case bytes():
            return Text(binary=True)
        case list() | set() | frozenset() | deque():
            return ListKind(_element(value, depth), form=type(value).__name__)
        case tuple():
            return _tuple(value, depth)
        case dict():
            return DictKind(_element(value, depth), _element(value.values(), depth))
        case np.random.Generator() | np.random.RandomState() | random.Random():
            return RandomKind(type(value).__name__)
        case _ if type(value).__name__ == "list_iterator":
            return ListKind(PyNumber("float"), form="iterator")
        case _ if callable(value) and not hasattr(value, "__dataclass_fields__"):
            return FunctionKind()
        case _:
            return _instance(value, depth)


def _tuple(value: tuple[object, ...], depth: int) -> Kind:
    items = tuple(kind_of_value(v, depth + 1) for v in value)
    fields: Sequence[str] | None = getattr(value, "_fields", None)
    if fields is not None:
        named = tuple(zip(fields, items, strict=True))
        return RecordKind(type(value).__qualname__, named)
    if len(items) > _LONGEST_TUPLE and len(set(items)) == 1:
        return ListKind(items[0], form="tuple")
    return TupleKind(items)


def _instance(value: object, depth: int) -> Kind:
    """An instance of a class of the user: made by its constructor if that takes all that it holds."""
    cls = type(value)
    if dataclasses.is_dataclass(value) and all(f.init for f in dataclasses.fields(value)):
        held = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        form = "class"
    elif hasattr(value, "__dict__") and cls.__module__ != "builtins":
        held, form = vars(value), "object"
    else:
        return Anything()
    fields = tuple((name, kind_of_value(item, depth + 1)) for name, item in held.items())
    return RecordKind(cls.__qualname__, fields, form)


def _element(values: Iterable[object], depth: int) -> Kind:
    kinds = tuple(dict.fromkeys(kind_of_value(v, depth + 1) for v in values))
    return one_of(kinds) if kinds else PyNumber("float")


def kinds_of_examples(examples: Sequence[Mapping[str, object]]) -> dict[str, Kind]:
    """For each parameter the union of what the examples, arguments by name, show."""
    return joined([{name: kind_of_value(v) for name, v in each.items()} for each in examples])


def joined(seen: Sequence[Mapping[str, Kind]]) -> dict[str, Kind]:
    """The union of the kinds of each name."""
    kinds: dict[str, list[Kind]] = {}
    for each in seen:
        for name, kind in each.items():
            kinds.setdefault(name, []).append(kind)
    return {name: one_of(tuple(dict.fromkeys(found))) for name, found in kinds.items()}
