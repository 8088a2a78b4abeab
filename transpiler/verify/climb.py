"""Steps towards the other outcome of a comparison, one number of the input after the other.

The alternating variable method (Korel 1990; McMinn, Search-based Software Test Data Generation, 2004): a
number is moved as long as the distance falls, in steps that double, at first by what would close the gap
if the distance were linear.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from loopwright.verify.case import Case
from loopwright.verify.kinds import Parameter
from loopwright.verify.reshape import Place, places, reshaped
from loopwright.verify.shrink import conforms

REACHED = -1.0
_LONGEST = 100_000
_LETTERS = 12
"Letters of a text that are moved, from its first on."
_HIDDEN = 2.0**52
"""At such a distance a unit step is lost in rounding; a step beyond the goal may not be."""


@dataclass
class Climb:
    """One search for one goal. `run` runs a case and tells its distance, REACHED if there is none left;
    `budget` is the number of runs."""

    parameters: Sequence[Parameter]
    run: Callable[[Case], float]
    budget: int = 120

    def towards(self, case: Case, distance: float) -> bool:
        """True if the goal was reached from `case`."""
        progress = True
        while progress and distance != REACHED:
            progress = False
            for move in list(self._moves(case)):
                case, new = self._along(move, case, distance)
                progress, distance = progress or new < distance, new
                if distance == REACHED or self.budget <= 0:
                    return distance == REACHED
        return distance == REACHED

    def _along(self, move: _Move, case: Case, distance: float) -> tuple[Case, float]:
        """The best case on a line through `case`."""
        for sign in (1, -1):
            nearer = self._tried(move, case, sign)
            if nearer is None:
                continue
            other, new = nearer
            if new == REACHED:
                return other, new
            slope = distance - new
            if slope == 0 and _HIDDEN <= distance < math.inf:
                slope = 2 / 3
            if math.isfinite(distance) and slope not in (0, math.inf, -math.inf):
                jumped = self._tried(move, case, sign * distance / slope)
                if jumped is not None and jumped[1] < min(distance, new):
                    return jumped
            if new < distance:
                return self._further(move, other, new, sign)
        return case, distance

    def _further(self, move: _Move, case: Case, distance: float, step: float) -> tuple[Case, float]:
        while abs(step) < 2**62:
            step *= 2
            nearer = self._tried(move, case, step)
            if nearer is None or nearer[1] >= distance:
                break
            case, distance = nearer
            if distance == REACHED:
                break
        return case, distance

    def _tried(self, move: _Move, case: Case, step: float) -> tuple[Case, float] | None:
        if self.budget <= 0:
            return None
        other = move.apply(self.parameters, case, step)
        if other is None or not conforms(self.parameters, other.values):
            return None
        self.budget -= 1
        return other, self.run(other)

    def _moves(self, case: Case) -> Iterator[_Move]:
        for name, value in case.values.items():
            if type(value) in (int, float):
                yield _Move(name)
        for place in places(self.parameters, case.values):
            yield _Move("", None, place)
        for name, value in case.values.items():
            yield from (_Move(name, at) for at in _spots(value))


def _spots(value: Any) -> list[int]:
    """Where a number or a letter of a value is moved by itself."""
    if isinstance(value, str):
        return list(range(len(value)))[:_LETTERS]
    if not isinstance(value, np.ndarray | list):
        return []
    n = value.size if isinstance(value, np.ndarray) else len(value)
    return sorted({0, 1, 2, n // 2, n - 1} & set(range(n)))


@dataclass(frozen=True, slots=True)
class _Move:
    """A number of the input: an argument, the element at a place, or a length."""

    name: str
    at: int | None = None
    place: Place | None = None

    def apply(self, parameters: Sequence[Parameter], case: Case, step: float) -> Case | None:
        """`case` with the number moved by `step`; None where there is none or it cannot be."""
        if self.place is not None:
            n = places(parameters, case.values).get(self.place)
            if n is None or not 0 <= n + round(step) <= _LONGEST:
                return None
            return reshaped(parameters, case, {self.place: n + round(step)})
        value = _moved(case.values.get(self.name), self.at, step)
        if value is None:
            return None
        values = {**case.values, self.name: value}
        return replace(case, values=values, drawn=False, data=b"")


def _moved(value: Any, at: int | None, step: float) -> Any:
    match value:
        case bool():
            return None
        case int():
            return value + _whole(step)
        case float():
            return float(_other(np.float64(value), step))
        case str() if at is not None and at < len(value):
            code = ord(value[at]) + _whole(step)
            valid = 0 <= code < 0xD800 or 0xE000 <= code <= sys.maxunicode
            return value[:at] + chr(code) + value[at + 1 :] if valid else None
        case list() if at is not None and at < len(value):
            item = _moved(value[at], None, step)
            return None if item is None else [*value[:at], item, *value[at + 1 :]]
        case np.ndarray() if at is not None and at < value.size and value.dtype.kind in "iuf":
            return _moved_array(value, at, step)
        case _:
            return None


def _moved_array(value: Any, at: int, step: float) -> Any:
    changed = np.array(value, order="C")
    flat = changed.reshape(-1)
    if value.dtype.kind == "f":
        flat[at] = _other(flat[at], step)
        return changed
    moved, info = int(flat[at]) + _whole(step), np.iinfo(value.dtype)
    if not info.min <= moved <= info.max:
        return None
    flat[at] = moved
    return changed


def _other(value: Any, step: float) -> Any:
    """A NumPy float moved by `step`, at least to the next one."""
    with np.errstate(all="ignore"):
        moved = value.dtype.type(value + step)
        towards = value.dtype.type(math.copysign(math.inf, step))
        return np.nextafter(value, towards) if moved == value else moved


def _whole(step: float) -> int:
    return round(step) or (1 if step > 0 else -1)
