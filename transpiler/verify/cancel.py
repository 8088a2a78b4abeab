"""Inputs at which results cancel, aimed at instead of drawn.

A rewrite that rounds otherwise is within a relative tolerance of most results, and outside of it where
the result is near zero while what it is made of is not. Such inputs are rare among drawn ones. From an
input on which the results differ in bits others are made: one number moved so that the result becomes
zero (secant method); all numbers moved by one large offset; made small; an array made a near copy of
another one.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from loopwright.verify.case import Case
from loopwright.verify.clock import Stopwatch, longest_wait
from loopwright.verify.codec import AnyArray
from loopwright.verify.compare import bitwise, compare
from loopwright.verify.engine import Run
from loopwright.verify.sandbox import Finished, in_fork
from loopwright.verify.sensitivity import leaves_between

_SHARE = 0.2
_SECONDS = 1.0
_MOST = 60
_LARGEST = 20_000
_STEPS = 8
_OFFSETS = (1e4, 1e8, 1e12)
_SCALES = (1e-3, 1e-8)
_COPIES = (1e-4, 1e-9)
_MOVES = len(_OFFSETS) + len(_SCALES) + len(_COPIES)
LABEL = "aimed at cancellation"

Slot = tuple[str, int]
"""A number among the arguments: the parameter's name, and the place in its array or list."""


@dataclass
class Cancel:
    """Makes such inputs, for a share of the search's time."""

    pair: Any
    count: int = 0
    spent: float = 0.0
    watch: Stopwatch = field(default_factory=Stopwatch)

    def cases(self, case: Case, a: Run, b: Run) -> Iterator[Case]:
        """Inputs made from one whose results differ in bits; none if it is not worth it."""
        begun = self.watch.seconds
        if case.script != "once" or self.count >= _MOST or self.spent > _SHARE * begun:
            return
        if len(case.data) > _LARGEST or not _differ(a, b, self.pair.strict):
            return
        self.count += 1
        rng = np.random.default_rng(self.count)
        end = in_fork(
            lambda _: _made(self.pair, case, b, rng),
            deadline=time.monotonic() + longest_wait(_SECONDS),
            stuck_after=0.5,
        )
        self.spent += self.watch.seconds - begun
        for data in end.value if isinstance(end, Finished) else ():
            begun = self.watch.seconds
            made = Case.from_data(data)
            yield replace(made, env=case.env, labels=case.labels | {LABEL})
            self.spent += self.watch.seconds - begun


def _differ(a: Run, b: Run, strict: bool) -> bool:
    first, second = a.steps[0], b.steps[0]
    if first.outcome != "returned" or second.outcome != "returned":
        return False
    return compare(first, second, bitwise, strict=strict) is not None


def _made(pair: Any, case: Case, candidate: Run, rng: np.random.Generator) -> list[bytes]:
    """The inputs as data, in a process of its own: the original may keep something between calls."""
    slots = list(_slots(case.values))
    if not slots:
        return []
    watch = Stopwatch()
    made = [_moved(case, int(rng.integers(_MOVES)), rng)]
    base = pair.original(case, 0.2)
    leaves = leaves_between(base.steps[0], candidate.steps[0], pair.strict)
    aims = [
        (path, int(at))
        for path, x, y in leaves
        for at in np.flatnonzero(~np.asarray(bitwise(path, x, y)))[:2]
    ]
    for path, at in aims[:2]:

        def result(tried: Case, path: str = path, at: int = at) -> float:
            if watch.seconds > _SECONDS:
                return math.nan
            run = pair.original(tried, 0.2)
            found = leaves_between(base.steps[0], run.steps[0], pair.strict)
            value = next((y for p, _, y in found if p == path), None)
            return math.nan if value is None else float(np.ravel(value)[at].real)

        slot = slots[int(rng.integers(len(slots)))]
        made += _rooted(case, slot, result)
    for each in made:
        each.fresh()
    return [each.data for each in made]


def _rooted(case: Case, slot: Slot, result: Callable[[Case], float]) -> list[Case]:
    """Cases whose result is about zero, with one number changed; the number's neighbours too."""
    x0 = _value(case, slot)
    x1 = x0 + 0.125 * max(abs(x0), 1.0)
    y0, y1 = result(case), result(_with(case, slot, x1))
    for _ in range(_STEPS):
        if not (math.isfinite(y0) and math.isfinite(y1)) or y0 == y1:
            break
        x0, x1, y0 = x1, x1 - y1 * (x1 - x0) / (y1 - y0), y1
        if not math.isfinite(x1):
            return []
        y1 = result(_with(case, slot, x1))
    near = (x1, x0, x1 * (1 + 2**-40), math.nextafter(x1, math.inf), math.nextafter(x1, -math.inf))
    return [_with(case, slot, x) for x in near]


def _moved(case: Case, move: int, rng: np.random.Generator) -> Case:
    """All numbers with an offset, or made small; or an array as a near copy of another one."""
    values = case.fresh()
    numbers = {name: v for name, v in values.items() if _is_numbers(v)}
    if move < len(_OFFSETS):
        for name, v in numbers.items():
            values[name] = v + np.asarray(_OFFSETS[move], getattr(v, "dtype", None))
    elif move < len(_OFFSETS) + len(_SCALES):
        scale = _SCALES[move - len(_OFFSETS)]
        for name, v in numbers.items():
            values[name] = v * np.asarray(scale, getattr(v, "dtype", None))
    else:
        apart = _COPIES[move - len(_OFFSETS) - len(_SCALES)]
        for (_, x), (name, y) in itertools.pairwise(numbers.items()):
            if np.shape(x) == np.shape(y):
                values[name] = x * (1 + apart * rng.standard_normal(np.shape(y)))
    for name, v in numbers.items():
        moved = np.asarray(values[name])
        values[name] = moved.astype(v.dtype) if isinstance(v, np.ndarray) else float(moved)
    return case.with_values(values)


def _is_numbers(value: Any) -> bool:
    return type(value) is float or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _slots(values: dict[str, Any]) -> Iterator[Slot]:
    for name, value in values.items():
        many = isinstance(value, list) and set(map(type, value)) == {float}
        if type(value) is float:
            yield name, 0
        elif many or _is_numbers(value):
            yield from ((name, at) for at in range(len(value) if many else value.size))


def _value(case: Case, slot: Slot) -> float:
    name, at = slot
    value = case.values[name]
    return float(value if type(value) is float else np.ravel(np.asarray(value))[at])


def _with(case: Case, slot: Slot, number: float) -> Case:
    name, at = slot
    values = case.fresh()
    value = values[name]
    if type(value) is float:
        values[name] = number
    elif isinstance(value, list):
        value[at] = number
    else:
        values[name] = _replaced(value, at, number)
    return case.with_values(values)


def _replaced(array: AnyArray, at: int, number: float) -> AnyArray:
    made = array.copy()
    with np.errstate(all="ignore"):
        made.flat[at] = number
    return made
