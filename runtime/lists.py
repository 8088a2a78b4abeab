"""Lists of Python numbers as arrays, and back.

Exact: every element has the very type asked for, rows have one length and are distinct objects.
"""

from __future__ import annotations

import importlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from math import prod
from operator import attrgetter
from typing import Any

import numpy as np

from . import guard
from .classes import like_list

_INT64 = (-(2**63), 2**63 - 1)


def _compiled() -> Any:
    """The module that does what takes long here, if it was built for this Python."""
    try:
        return importlib.import_module(".natives", __package__)
    except ImportError:
        return None


_natives = _compiled()
_FILL: dict[type, Callable[..., bool]] = (
    {float: _natives.floats, int: _natives.ints, bool: _natives.bools} if _natives else {}
)


def to_array(
    values: Any, kind: type, ndim: int = 1, ints: tuple[int, int] = _INT64
) -> np.ndarray[Any, Any] | None:
    """A new C-contiguous array of `values`, or None if they are not such a list.

    `values` may be of a class that acts like `list`. `kind` is int, float, bool, complex or a class of NumPy
    scalars; `ints` the closed range that ints must lie in. The shape of an empty list of lists is (0, 0).
    """
    if type(values) is not list:
        if not like_list(values):
            return None
        values = list(values)
    shape, rows = [len(values)], [values]
    for _ in range(ndim - 1):
        rows = _joined(rows)
        if not set(map(type, rows)) <= {list}:
            return None
        lengths = set(map(len, rows))
        if len(lengths) > 1 or len(set(map(id, rows))) < len(rows):
            return None
        shape.append(lengths.pop() if lengths else 0)
    array = _filled(rows, prod(shape), kind, ints)
    return None if array is None else array.reshape(shape)


def _joined(rows: list[list[Any]]) -> list[Any]:
    return rows[0] if len(rows) == 1 else list(chain.from_iterable(rows))


def _filled(
    rows: list[list[Any]], count: int, kind: type, ints: tuple[int, int]
) -> np.ndarray[Any, Any] | None:
    """The `count` elements of `rows` one behind another; `kind` and `ints` as in `to_array`."""
    fill = _FILL.get(kind)
    if fill is not None:
        made: np.ndarray[Any, Any] = np.empty(count, kind)
        return made if fill(rows, made, *(ints if kind is int else ())) else None
    flat = _joined(rows)
    if not set(map(type, flat)) <= {kind}:
        return None
    try:
        array: np.ndarray[Any, Any] = np.fromiter(flat, np.dtype(kind), len(flat))
    except OverflowError:
        return None
    if kind is int and flat and (array.min() < ints[0] or array.max() > ints[1]):
        return None
    return array


def parts(whole: Any, ends: np.ndarray[Any, Any]) -> list[Any]:
    """Lists or new arrays: those parts of the list or array `whole` whose first position and the one behind
    whose last stand by turns in `ends`."""
    bounds = ends.tolist()
    pairs = zip(bounds[::2], bounds[1::2], strict=True)
    if isinstance(whole, np.ndarray):
        return [whole[low:high].copy() for low, high in pairs]
    return [whole[low:high] for low, high in pairs]


def rows(
    make: Callable[..., Any] | None, *columns: np.ndarray[Any, Any], ndim: int = 1
) -> list[Any]:
    """A list of `make(a, b, ...)` for the elements of `columns`, arrays of one shape with `ndim` axes; where
    a column has more axes, its elements are arrays.

    Without `make` the elements are the tuples `(a, b, ...)`.
    """
    if ndim > 1:
        return [rows(make, *parts, ndim=ndim - 1) for parts in zip(*columns, strict=True)]
    parts = [column.tolist() if column.ndim == 1 else list(column) for column in columns]
    return list(zip(*parts, strict=True) if make is None else map(make, *parts))


def columns(values: Any, count: int, row: bool) -> tuple[list[Any], ...]:
    """The keys of a dict in ascending order, the place of each key there in the order of the dict, and
    `count` lists of its values: of the items of tuples if `row`. () if it is no such dict, or has other keys
    than ints."""
    if type(values) is not dict or not set(map(type, values)) <= {int}:
        return ()
    given = list(values)
    keys = sorted(given)
    if keys == given:
        order, found = list(range(len(keys))), list(values.values())
    else:
        places = {key: place for place, key in enumerate(keys)}
        order, found = [places[key] for key in given], [values[key] for key in keys]
    if not row:
        return keys, order, found
    if not set(map(type, found)) <= {tuple} or not set(map(len, found)) <= {count}:
        return ()
    return keys, order, *([value[k] for value in found] for k in range(count))


def codes(text: str) -> np.ndarray[Any, Any]:
    """The code points of a string, as uint32."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


def records(values: Any, count: int) -> tuple[list[Any], ...]:
    """The first items of a list of tuples of `count` items, their second ones, and so on. () if it is no
    such list, or has no elements."""
    if type(values) is not list or not values:
        return ()
    if _natives is not None:
        found: tuple[list[Any], ...] = _natives.records(values, count)
        return found
    if not set(map(type, values)) <= {tuple} or set(map(len, values)) != {count}:
        return ()
    return tuple([row[k] for row in values] for k in range(count))


def dicts(values: Any, names: tuple[str, ...]) -> tuple[list[Any], ...]:
    """For each of `names` the list of the entries of that key in a list of dicts. () if it is no such list,
    if it is empty, or if one of the dicts lacks a key."""
    if type(values) is not list or not values or not set(map(type, values)) <= {dict}:
        return ()
    try:
        return tuple([each[name] for each in values] for name in names)
    except KeyError:
        return ()


def objects(values: Any, names: tuple[str, ...]) -> tuple[list[Any], ...]:
    """For each of `names` the list of the attributes of that name of a list of objects. () if it is no such
    list, if it is empty, or if more than a plain read takes part in one."""
    if type(values) is not list or not values:
        return ()
    kinds = set(map(type, values))
    if not all(guard.readable(kind, name) for kind in kinds for name in names):
        return ()
    try:
        return tuple(list(map(attrgetter(name), values)) for name in names)
    except AttributeError:
        return ()


def nested(
    values: Any, split: Callable[[Any, Any], tuple[list[Any], ...]], which: int | tuple[str, ...]
) -> tuple[list[Any], ...]:
    """What `split(row, which)` makes of each element of a list of lists (`records`, `dicts`, `objects`), put
    side by side: lists of lists. The elements may be empty. () if one of them is no such list."""
    if type(values) is not list or not set(map(type, values)) <= {list}:
        return ()
    flat = _joined(values)
    found = split(flat, which)
    if not flat:
        found = ([],) * (which if isinstance(which, int) else len(which))
    bounds = list(pairwise(accumulate(map(len, values), initial=0)))
    return tuple([column[low:high] for low, high in bounds] for column in found)


def row(values: Any) -> tuple[list[Any], ...]:
    """The items of a tuple as a list; () if it is none."""
    return (list(values),) if type(values) is tuple else ()


def mapping(form: str, pairs: list[Any]) -> dict[Any, Any]:
    """A Counter, or a defaultdict of `int` or `float`, of the pairs of key and value."""
    if form == "Counter":
        return Counter(dict(pairs))
    return defaultdict({"int": int, "float": float}[form], pairs)


Joined = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]


def to_rows(values: Any, kind: type, ints: tuple[int, int] = _INT64) -> Joined | None:
    """The elements of a list of lists of any lengths as one new array, and for each row its first position
    and the one behind its last, in an (n, 2) int64 array; None if the values are not such lists.

    `kind` and `ints` as in `to_array`.
    """
    if type(values) is not list or not set(map(type, values)) <= {list}:
        return None
    joined = _filled(values, sum(map(len, values)), kind, ints)
    return None if joined is None else (joined, _bounds(values))


def to_array_rows(values: Any, dtype: np.dtype[Any], ndim: int = 1) -> Joined | None:
    """`to_rows` for a list of arrays with so many axes, all of the builtin dtype `dtype`; they may differ in
    the length of the first axis."""
    if type(values) is not list or not set(map(type, values)) <= {np.ndarray}:
        return None
    for row in values:
        given = row.dtype
        plain = given is dtype or (given.num == dtype.num and given.isnative and not given.metadata)
        if row.ndim != ndim or not plain or (ndim > 1 and row.shape[1:] != values[0].shape[1:]):
            return None
    joined = np.concatenate(values) if values else np.empty((0,) * ndim, dtype)
    return joined, _bounds(values)


def to_text_rows(values: Any) -> Joined | None:
    """`to_rows` for a list of strings: their code points."""
    if type(values) is not list or not set(map(type, values)) <= {str}:
        return None
    return codes("".join(values)), _bounds(values)


def _bounds(values: list[Any]) -> np.ndarray[Any, Any]:
    # `np.stack` would take most of the time of a short call
    ends = np.fromiter(accumulate(map(len, values)), np.int64, len(values))
    bounds = np.zeros((len(values), 2), np.int64)
    bounds[:, 1] = ends
    bounds[1:, 0] = ends[:-1]
    return bounds


def rows_apart(rows: list[Any], written: np.ndarray[Any, Any]) -> bool:
    """True if no array in the list shares memory with `written`."""
    return not any(np.may_share_memory(row, written) for row in rows)


def plain(found: Any) -> list[Any]:
    """A list as it is, an array as a list of Python numbers."""
    return found if isinstance(found, list) else found.tolist()


def write_back(values: list[Any], array: np.ndarray[Any, Any], scalars: bool = False) -> None:
    """Put the elements of `array` into the list that it was made from, as NumPy's if `scalars`."""
    if scalars and array.ndim == 1:
        values[:] = list(array)
    elif scalars:
        for row, new_row in zip(values, array, strict=True):
            write_back(row, new_row, scalars)
    else:
        _put(values, array.tolist(), array.ndim)


def _put(values: list[Any], new: list[Any], ndim: int) -> None:
    if ndim == 1:
        values[:] = new
    else:
        for row, new_row in zip(values, new, strict=True):
            _put(row, new_row, ndim - 1)


def apart(written: list[Any], ndim: int, others: Sequence[tuple[list[Any], int]]) -> bool:
    """True if no list object of `written` (it or its rows) is one of `others` or their rows."""
    mine = set(map(id, _levels(written, ndim)))
    return all(id(part) not in mine for other, rank in others for part in _levels(other, rank))


def _levels(values: list[Any], ndim: int) -> Iterator[list[Any]]:
    yield values
    if ndim > 1:
        for row in values:
            yield from _levels(row, ndim - 1)
