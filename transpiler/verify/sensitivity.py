"""How much the original's results change when its inputs change in their last place.

That is what rounding the inputs, and computing in another order, may change too: the yardstick for
errors that an input amplifies. The original runs on a few changed inputs, in a forked child, so that
whatever it keeps between calls stays as it is. (Stochastic arithmetic does the same within a program:
J. Vignes, "A stochastic arithmetic for reliable scientific computation", 1993.)

A jump is no sensitivity: where the original returns one number for `x == 1.0` and another beside it, the
results at changed inputs lie apart from the result and close together, or do not grow with the change.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from loopwright.verify.case import Case
from loopwright.verify.clock import Stopwatch, longest_wait
from loopwright.verify.codec import AnyArray, root_of
from loopwright.verify.compare import compare
from loopwright.verify.observe import Observation
from loopwright.verify.sandbox import Finished, in_fork
from loopwright.verify.stock import Make
from loopwright.verify.wide import MODES, rounding

Changes: TypeAlias = Mapping[str, AnyArray]
"""For each floating leaf by path the size of its change, as an array of its shape."""

_SECONDS = 1.0
_SAMPLES, _NEEDED = 9, 8
"Every third of them by a larger change."
_GROWS = 8.0
_GAP = 0.9


def changes(pair: Any, case: Case, step: int) -> Changes:
    """The sizes of changes of the floating leaves of step `step`; empty if the original cannot be asked."""
    end = in_fork(
        lambda _: _sampled(pair, case, step),
        deadline=time.monotonic() + longest_wait(2 * _SECONDS),
        stuck_after=1.5,
    )
    return end.value if isinstance(end, Finished) else {}


def roundings(pair: Any, case: Case) -> Changes:
    """The sizes of changes of the floating leaves of the first step when all operations of the original are
    rounded up, or down: the error that its own rounding may make. Empty if it cannot be asked."""
    end = in_fork(
        lambda _: _rounded(pair, case),
        deadline=time.monotonic() + longest_wait(2 * _SECONDS),
        stuck_after=1.5,
    )
    return end.value if isinstance(end, Finished) else {}


def _rounded(pair: Any, case: Case) -> dict[str, AnyArray]:
    base = pair.original(case, 0.5)
    found: dict[str, AnyArray] = {}
    for mode in MODES.get(platform.machine(), ()):
        with rounding(mode):
            run = pair.original(case, 0.5)
        for name in ("random", "np.random"):  # draws are rounded, too
            run.steps[0].picture[name] = base.steps[0].picture.get(name)
        for path, x, y in leaves_between(base.steps[0], run.steps[0], pair.strict):
            away = np.nan_to_num(_distance(x, y), nan=0.0)
            found[path] = np.maximum(found.get(path, away), away)
    return found


def _sampled(pair: Any, case: Case, step: int) -> dict[str, AnyArray]:
    watch = Stopwatch()
    base = pair.original(case, 0.5)
    samples: dict[str, tuple[list[AnyArray], list[AnyArray]]] = {}
    coarsest = 0.0
    for number in range(_SAMPLES):
        nudge = Nudge(np.random.default_rng(number), far=number % 3 == 2)
        run = pair.original(case.with_values(nudge.changed(case.fresh())), 0.5)
        coarsest = max(coarsest, nudge.coarsest)
        if min(len(base.steps), len(run.steps)) <= step:
            continue
        for path, x, y in leaves_between(base.steps[step], run.steps[step], pair.strict):
            samples.setdefault(path, ([], []))[nudge.far].append(_distance(x, y))
        if watch.seconds > _SECONDS:
            break
    found = {}
    for path, x, _ in leaves_between(base.steps[step], base.steps[step], pair.strict):
        near, far = samples.get(path, ([], []))
        if len(near) + len(far) >= _NEEDED and far and coarsest:
            # numbers coarser than the result change by more than rounding in its precision does
            share = min(1.0, float(np.finfo(x.dtype).eps) / coarsest)
            found[path] = share * _size(np.array(near), np.array(far))
    return found


def leaves_between(
    a: Observation, b: Observation, strict: bool
) -> list[tuple[str, AnyArray, AnyArray]]:
    """The floating leaves of two outcomes; none if these differ in anything else."""
    found: list[tuple[str, AnyArray, AnyArray]] = []

    def note(path: str, x: AnyArray, y: AnyArray) -> AnyArray:
        found.append((path, x, y))
        return np.ones(x.shape, np.bool)

    return [] if compare(a, b, note, strict=strict) is not None else found


def _distance(x: AnyArray, y: AnyArray) -> AnyArray:
    """NaN where one of them is not finite."""
    with np.errstate(all="ignore"):
        away: AnyArray = np.abs(x.astype(_WIDE[x.dtype.kind]) - y.astype(_WIDE[x.dtype.kind]))
    return np.where(np.isfinite(away), away, np.nan).astype(np.float64)


_WIDE: dict[str, Any] = {"f": np.longdouble, "c": np.clongdouble}


def _size(near: AnyArray, far: AnyArray) -> AnyArray:
    """From distances at small and at larger changes, each with the samples as first axis."""
    near, far = (np.where(np.isnan(each), 0.0, each) for each in (near, far))
    size: AnyArray = near.max(axis=0)
    grows = far.max(axis=0) >= _GROWS * size
    every = np.sort(np.concatenate([np.zeros((1, *size.shape)), near, far]), axis=0)
    apart = np.diff(every, axis=0).max(axis=0) > _GAP * every[-1]
    return np.where(~grows & apart, 0.0, size)


class Nudge:
    """Changes floats by one or two units in their last place; by many if it is `far`.

    `coarsest` is the largest relative spacing of the numbers met.
    """

    def __init__(self, rng: np.random.Generator, far: bool) -> None:
        self.rng = rng
        self.far = far
        self.coarsest = 0.0
        self.met: dict[int, Any] = {}

    def changed(self, value: Any) -> Any:
        """`value` with its floats changed; arrays, lists and dicts in place, so that sharing stays."""
        if id(value) in self.met:
            return value
        match value:
            case np.ndarray():
                self._array(root_of(value))
            case np.floating() | np.complexfloating() | float() | complex():
                return self._number(value)
            case list():
                self.met[id(value)] = value
                value[:] = self._items(value)
            case tuple():
                return tuple(self.changed(item) for item in value)
            case dict():
                self.met[id(value)] = value
                value |= {key: self.changed(item) for key, item in value.items()}
            case Make():
                self.changed(value.values)
        return value

    def _items(self, items: list[Any]) -> list[Any]:
        if set(map(type, items)) != {float}:
            return [self.changed(item) for item in items]
        array = np.array(items)
        self._array(array)
        changed: list[Any] = array.tolist()
        return changed

    def _number(self, value: Any) -> Any:
        array = np.array(value)
        self._array(array)
        return array[()] if isinstance(value, np.generic) else array.item()

    def _array(self, array: AnyArray) -> None:
        if id(array) in self.met or array.dtype.kind not in "fc" or not array.size:
            return
        self.met[id(array)] = array
        parts = [array] if array.dtype.kind == "f" else [array.real, array.imag]
        locked = not array.flags.writeable
        array.flags.writeable = True
        for part in parts:
            info = np.finfo(part.dtype)
            self.coarsest = max(self.coarsest, float(info.eps))
            times = 2 ** (info.nmant // 3) if self.far else 1
            steps = self.rng.choice(np.array([-2, -1, 1, 2]), part.shape) * times
            with np.errstate(all="ignore"):
                moved = part + steps.astype(part.dtype) * np.spacing(np.abs(part))
                part[...] = np.where((part == 0) | ~np.isfinite(moved), part, moved)
        array.flags.writeable = not locked
