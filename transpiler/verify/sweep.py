"""Inputs in order instead of by chance: every small length, lengths at constants, related arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np

from loopwright.verify import codec
from loopwright.verify.case import Case
from loopwright.verify.constants import Constants
from loopwright.verify.kinds import Parameter
from loopwright.verify.reshape import places, reshaped
from loopwright.verify.shrink import conforms

EVERY = 40
"""All lengths up to this: remainders by 4, 8, 16 and 32, each with blocks before it and without."""
LARGEST = 1_000_000
_SIDES = (0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 32, 33)
_ALONE = 3
_MANY = 48
_WIDTHS = (127, 129, 256, 257, 32_767, 32_769, 65_536, 65_537)
"Lengths at which positions no longer fit into 8 and 16 bits."


def lengths(parameters: Sequence[Parameter], case: Case) -> Iterator[Case]:
    """`case` at every length up to 40, all arguments alike, then each alone; fewer for matrices."""
    where = places(parameters, case.values)
    if not where:
        return
    flat = all(getattr(v, "ndim", 1) < 2 for v in case.values.values())
    sides = range(EVERY + 1) if flat else _SIDES
    choices = [dict.fromkeys(where, n) for n in sides]
    if len(where) > 1:
        choices += [{place: n} for place in list(where)[:_ALONE] for n in sides]
    yield from _with_lengths(parameters, case, choices)


def constant_lengths(
    parameters: Sequence[Parameter], constants: Constants, case: Case
) -> Iterator[Case]:
    """`case` at lengths beyond 40: around the constants of the sources and widths of integers.."""
    where = places(parameters, case.values)
    rank = max((getattr(v, "ndim", 1) for v in case.values.values()), default=0)
    if where and rank == 1:
        sizes = [n for n in constants.ints if EVERY < n <= LARGEST][:_MANY]
        sizes = sorted({*sizes, *_WIDTHS})
        yield from _with_lengths(parameters, case, [dict.fromkeys(where, n) for n in sizes])


def _with_lengths(
    parameters: Sequence[Parameter], case: Case, choices: Sequence[dict[Any, int]]
) -> Iterator[Case]:
    for choice in choices:
        for follow in (True, False):
            other = reshaped(parameters, case, choice, follow)
            if other is not None:
                yield replace(other, labels=case.labels | {"lengths in order"})
            if other is None or not any(type(v) is int for v in case.values.values()):
                break


def related(parameters: Sequence[Parameter], case: Case) -> Iterator[Case]:
    """`case` with two arguments equal, the same object, one shorter; with one sorted, of equal elements."""
    for values in _related(case.values):
        if conforms(parameters, values):
            labels = case.labels | {"related arguments"}
            yield replace(case, values=values, labels=labels, drawn=False, data=b"")
    where = places(parameters, case.values)
    for n in (3, 9):
        for place in where if len(where) > 1 else ():
            shorter = reshaped(parameters, case, {**dict.fromkeys(where, n), place: n - 1})
            if shorter is not None:
                yield shorter


def _related(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for a, b in permutations(values, 2):
        x, y = values[a], values[b]
        if type(x) is not type(y) or x is y:
            continue
        if isinstance(x, np.ndarray) and x.dtype != y.dtype:
            if x.dtype.kind in "iuf" and y.dtype.kind == "f":
                yield {**values, b: x.astype(y.dtype)}
            continue
        if isinstance(x, np.ndarray | list) and a < b:
            yield {**values, b: x}
        yield {**values, b: codec.copy(x)}
        if isinstance(x, np.ndarray) and x.ndim == y.ndim == 1 and x.size and y.size:
            yield from _overlapping(values, a, b)
    sizes = {
        len(v)
        for v in values.values()
        if isinstance(v, list) or (isinstance(v, np.ndarray) and v.ndim)
    }
    for name, value in values.items():
        if type(value) is int:
            yield from ({**values, name: n + d} for n in sorted(sizes) for d in (0, -1, 1))
        yield from ({**values, name: changed} for changed in _arranged(value))


def _overlapping(values: dict[str, Any], a: str, b: str) -> Iterator[dict[str, Any]]:
    """Both in one buffer, the second one or two elements behind the first."""
    x, y = values[a], values[b]
    for shift in (1, 2):
        buffer = np.resize(x, max(x.size, shift + y.size))
        yield {**values, a: buffer[: x.size], b: buffer[shift : shift + y.size]}


def _arranged(value: Any) -> Iterator[Any]:
    match value:
        case np.ndarray() if value.ndim == 1 and value.size > 1 and value.dtype.kind in "iuf":
            yield np.sort(value)
            yield np.sort(value)[::-1].copy()
            yield np.full_like(value, value[0])
            yield np.repeat(value[: (value.size + 1) // 2], 2)[: value.size]
        case [int() | float(), _, *_] if isinstance(value, list):
            if all(isinstance(v, int | float) for v in value):
                yield sorted(value)
                yield sorted(value)[::-1]
            yield value[:1] * len(value)
