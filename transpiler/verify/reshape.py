"""A case with other lengths: its arrays and lists cut, or continued with what they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from loopwright.verify import codec
from loopwright.verify.call import fitted
from loopwright.verify.case import Case
from loopwright.verify.codec import AnyArray
from loopwright.verify.kinds import ArrayKind, Length, ListKind, Parameter, PyNumber, Text
from loopwright.verify.shrink import conforms, eval_length

Place = str | tuple[str, int]
"""A length that may be chosen: a symbol, or an axis of a parameter that owes nothing to the others."""


def places(parameters: Sequence[Parameter], values: Mapping[str, Any]) -> dict[Place, int]:
    """The lengths of a case that may be chosen, with what they are now."""
    found: dict[Place, int] = {}
    for parameter in parameters:
        value = values.get(parameter.name)
        for axis, dim in enumerate(_dims(parameter, value)):
            place = _place(parameter.name, axis, dim)
            if place is not None:
                found.setdefault(place, _shape(value)[axis])
    return found


def place_of(parameter: Parameter, axis: int) -> Place | None:
    """The place of an axis; None if its length is given by others."""
    match parameter.kind:
        case ArrayKind(_, dims) if dims is not None:
            return _place(parameter.name, axis, dims[axis])
        case ListKind(_, length) | Text(False, length) if axis == 0:
            return _place(parameter.name, axis, length)
        case _:
            return (parameter.name, axis)


def reshaped(
    parameters: Sequence[Parameter], case: Case, lengths: Mapping[Place, int], follow: bool = False
) -> Case | None:
    """`case` with the given lengths; None if the parameters' types do not allow that.

    `follow`: ints that are equal to a length that changes, change with it.
    """
    env: dict[str, int] = dict(case.env)
    before = places(parameters, case.values)
    env |= {p: n for p, n in before.items() if isinstance(p, str)}
    env |= {p: n for p, n in lengths.items() if isinstance(p, str)}
    moved = {before[p]: n for p, n in lengths.items() if before.get(p, n) != n}
    values = dict(case.values)
    for parameter in parameters:
        value = values.get(parameter.name)
        dims = _dims(parameter, value)
        if dims:
            shape = _shape(value)
            wanted = [
                _length(_place(parameter.name, axis, dim), dim, n, lengths, env)
                for axis, (dim, n) in enumerate(zip(dims, shape, strict=True))
            ]
            if wanted != list(shape):
                values[parameter.name] = _stretched(value, wanted)
        elif isinstance(parameter.kind, PyNumber) and type(value) is int:
            if parameter.kind.like in lengths:
                values[parameter.name] = env[str(parameter.kind.like)]
            elif follow and value in moved:
                values[parameter.name] = moved[value]
    if not conforms(parameters, values):
        return None
    return replace(case, values=values, env=env, drawn=False, data=b"")


def _dims(parameter: Parameter, value: Any) -> Sequence[Length]:
    if parameter.how not in ("positional", "keyword"):
        return ()
    match parameter.kind, value:
        case ArrayKind(_, dims), np.ndarray():
            return (None,) * value.ndim if dims is None else dims
        case (ListKind(_, length), list()) | (Text(False, length), str()):
            return (length,)
        case _:
            return ()


def _shape(value: Any) -> tuple[int, ...]:
    return value.shape if isinstance(value, np.ndarray) else (len(value),)


def _place(name: str, axis: int, dim: Length) -> Place | None:
    if dim is None:
        return (name, axis)
    return dim if isinstance(dim, str) and dim.isidentifier() else None


def _length(
    place: Place | None, dim: Length, now: int, lengths: Mapping[Place, int], env: dict[str, int]
) -> int:
    if place is not None:
        return lengths.get(place, now)
    if isinstance(dim, str):
        found = eval_length(dim, env)
        return now if found is None else max(0, found)
    return now


def _stretched(value: Any, shape: Sequence[int]) -> Any:
    if isinstance(value, np.ndarray):
        return _stretched_array(value, shape)
    n = shape[0]
    if isinstance(value, str):
        return fitted(value, n)
    if n <= len(value) or not value:
        return value[:n]
    return [*value, *(codec.copy(value[k % len(value)]) for k in range(len(value), n))]


def _stretched_array(value: AnyArray, shape: Sequence[int]) -> AnyArray:
    """Repeats are half a unit larger each time, so that their sums tell them apart."""
    if 0 in shape or not value.size:
        fresh = np.arange(1, 1 + int(np.prod(shape))) % 100 * 0.7
        return fresh.reshape(shape).astype(value.dtype)
    out: AnyArray = value
    for axis, n in enumerate(shape):
        at = np.arange(n)
        length = value.shape[axis]
        out = out.take(at % length, axis=axis)
        if value.dtype.kind == "f" and n > length:
            steps = (at // length * 0.5).reshape([-1 if k == axis else 1 for k in range(out.ndim)])
            with np.errstate(all="ignore"):
                out = (out + steps).astype(value.dtype)
    return out
