"""From a kernel's domain and recorded samples to parameters to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from loopwright.ir.domain import INT_LIMIT, Domain, Param
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
from loopwright.verify.kinds import (
    NONE,
    ArrayKind,
    Exactly,
    Kind,
    ListKind,
    NpNumber,
    Parameter,
    PyNumber,
    RandomKind,
    Text,
    TupleKind,
)

Sample = Mapping[str, Any]


def parameters_of_domain(domain: Domain, samples: Sequence[Sample]) -> tuple[Parameter, ...]:
    """The leaves of a domain as parameters.

    Lengths that are equal in all samples are one symbol; ints that equal a length follow it; integer
    arrays that stayed within a length index it. Without samples each length is its own symbol, and the
    drawer lets them agree most of the time.
    """
    symbols = _symbols(domain, samples)
    given = [p for p in domain.params if not p.bounds]
    return tuple(Parameter(p.name, _kind(p, symbols, samples)) for p in given)


def _symbols(domain: Domain, samples: Sequence[Sample]) -> dict[tuple[str, int], str]:
    """A symbol for each axis of each parameter; lengths seen by symbol name are kept apart."""
    names: dict[tuple[int, ...], str] = {}
    symbols: dict[tuple[str, int], str] = {}
    for param in domain.params:
        for axis in range(_rank(param.type)):
            place = (param.name, axis)
            seen = tuple(_length(s.get(param.name), axis) for s in samples)
            if not samples or -1 in seen:
                symbols[place] = f"n{len(symbols)}"
            else:
                symbols[place] = names.setdefault(seen, f"n{len(names)}")
    return symbols


def _rank(t: Type) -> int:
    match t:
        case Array(_, ndim, _) | ListOf(_, ndim):
            return ndim
        case Ragged(Array(_, ndim, _)):
            return 1 + ndim if ndim > 1 else 1
        case Ragged() | Chars():
            return 1
        case _:
            return 0


def _length(value: Any, axis: int) -> int:
    if isinstance(value, str):
        return len(value)
    for k in range(axis):
        if isinstance(value, np.ndarray):
            return int(value.shape[axis - k])
        if not isinstance(value, list) or not value:
            return -1
        value = value[0]
    return len(value) if isinstance(value, list | np.ndarray) else -1


def _kind(param: Param, symbols: Mapping[tuple[str, int], str], samples: Sequence[Sample]) -> Kind:
    dims = tuple(symbols[(param.name, axis)] for axis in range(_rank(param.type)))
    values = [s[param.name] for s in samples if param.name in s]
    match param.type:
        case Py() if param.only is not None:
            return Exactly((param.only,))
        case Chars():
            return Text(length=dims[0])
        case Array(dtype, _, _):
            if dtype[0] in "iu" and values:
                return _integers(ArrayKind(dtype, dims), values, symbols, samples)
            return ArrayKind(dtype, dims)
        case ListOf(elem, _):
            out: Kind = _element(elem, param, values, symbols, samples)
            for length in reversed(dims):
                out = ListKind(out, length)
            return out
        case Ragged(Array(dtype, ndim, _)):
            alike = ndim > 1 and all(len({len(row) for row in v}) <= 1 for v in values)
            inner = ArrayKind(dtype, (dims[1] if alike else None, *dims[2:]))
            if dtype[0] in "iu" and values:
                joined = [np.concatenate(v) if v else np.empty((0,) * ndim, dtype) for v in values]
                inner = _integers(inner, joined, symbols, samples)
            return ListKind(inner, dims[0])
        case Ragged(Chars()):
            return ListKind(Text(), dims[0])
        case Ragged(ListOf(elem, _)):
            flat = [[x for row in v for x in row] for v in values]
            return ListKind(ListKind(_element(elem, param, flat, symbols, samples)), dims[0])
        case Py("int"):
            like = _like(param.name, values, symbols, samples)
            low, high = _range(values, param)
            return PyNumber("int", like, low, high)
        case TupleOf(items):
            return TupleKind(tuple(_scalar(t) for t in items))
        case Rng(form):
            return RandomKind(form)
        case scalar:
            return _scalar(scalar)


def _element(
    elem: Type,
    param: Param,
    values: Sequence[Any],
    symbols: Mapping[tuple[str, int], str],
    samples: Sequence[Sample],
) -> Kind:
    """The elements of a list; `values` are lists of them that were seen."""
    kind = _scalar(elem)
    if not isinstance(kind, PyNumber) or kind.name != "int":
        return kind
    low, high = _range(values, param)
    kind = replace(kind, low=low, high=high)
    if isinstance(param.type, Ragged) and values and low is not None and abs(low) < 2**62:
        arrays = [np.array(v, np.int64) for v in values if not v or max(map(abs, v)) < 2**62]
        if len(arrays) == len(values):
            found = _integers(ArrayKind("int64", (None,)), arrays, symbols, samples)
            return replace(kind, index_of=found.index_of)
    return kind


def _scalar(t: Type) -> Kind:
    match t:
        case Ragged(rows):
            return ListKind(_scalar(rows))
        case Py("str") | Chars():
            return Text()
        case Py("none"):
            return NONE
        case Py(kind):
            return PyNumber(kind)
        case Num(dtype):
            return NpNumber(dtype)
        case Array(dtype, ndim, _):
            return ArrayKind(dtype, (None,) * ndim)
        case ListOf(elem, ndim):
            return ListKind(_scalar(elem) if ndim == 1 else _scalar(ListOf(elem, ndim - 1)))
        case TupleOf(items):
            return TupleKind(tuple(map(_scalar, items)))
        case Rng(form):
            return RandomKind(form)
        case DictOf() | Records() | RowOf():  # groups of lists in a domain
            raise TypeError(f"no parameter is of type {t}")


def _like(
    name: str,
    values: Sequence[Any],
    symbols: Mapping[tuple[str, int], str],
    samples: Sequence[Sample],
) -> str | None:
    """The symbol of a length that the parameter equals in every sample."""
    for (other, axis), symbol in symbols.items():
        if values and all(
            v == _length(s.get(other), axis) for v, s in zip(values, samples, strict=False)
        ):
            return symbol
    return None


def _range(values: Sequence[Any], param: Param) -> tuple[int | None, int | None]:
    flat = [int(v) for value in values for v in np.ravel(np.asarray(value, dtype=object))]
    if flat:
        return min(0, *flat), max(1, *flat)
    if param.ints != (-INT_LIMIT, INT_LIMIT) and param.ints[1] - param.ints[0] < 2**62:
        return param.ints
    return None, None


def _integers(
    kind: ArrayKind,
    values: Sequence[Any],
    symbols: Mapping[tuple[str, int], str],
    samples: Sequence[Sample],
) -> ArrayKind:
    """Elements that stayed below a length in every sample index it; else the range seen is kept."""
    spans = [(int(v.min()), int(v.max())) for v in values if np.size(v)]
    if not spans:
        return kind
    low, high = min(s[0] for s in spans), max(s[1] for s in spans)
    best: tuple[int, str] | None = None
    for (other, axis), symbol in symbols.items():
        lengths = [_length(s.get(other), axis) for s in samples]
        fits = all(
            np.size(v) == 0 or int(v.max()) < n for v, n in zip(values, lengths, strict=False)
        )
        if fits and low >= -1 and (best is None or max(lengths) < best[0]):
            best = (max(lengths), symbol)
    if best is not None:
        return replace(kind, index_of=best[1], low=low)
    return replace(kind, low=low, high=high)
