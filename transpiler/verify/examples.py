"""From values to kinds: what examples and recordings show, widened to whole classes."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import numpy as np

from loopwright.verify.kinds import (
    NONE,
    Anything,
    ArrayKind,
    DictKind,
    Kind,
    ListKind,
    NpNumber,
    PyNumber,
    RandomKind,
    Text,
    TupleKind,
    one_of,
)


def kind_of_value(value: object) -> Kind:
    """The class of `value`: any length, any layout, any value of the same types."""
    match value:
        case None:
            return NONE
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
        case list() | set() | frozenset():
            return ListKind(_element(value), form=type(value).__name__)
        case tuple():
            return TupleKind(tuple(map(kind_of_value, value)))
        case dict():
            return DictKind(_element(value), _element(value.values()))
        case np.random.Generator() | np.random.RandomState() | random.Random():
            return RandomKind(type(value).__name__)
        case _:
            return Anything()


def _element(values: Iterable[object]) -> Kind:
    kinds = tuple(dict.fromkeys(kind_of_value(v) for v in values))
    return one_of(kinds) if kinds else PyNumber("float")


def kinds_of_examples(
    names: Sequence[str], examples: Sequence[Sequence[object]]
) -> dict[str, Kind]:
    """For each parameter the union of what the examples show; lengths equal in all are one symbol."""
    seen: dict[str, Kind] = {}
    for position, name in enumerate(names):
        values = [e[position] for e in examples if position < len(e)]
        if values:
            seen[name] = one_of(tuple(dict.fromkeys(map(kind_of_value, values))))
    return seen
