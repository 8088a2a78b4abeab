"""Accuracy levels: `bitwise`, `rtol=X`, and `faithful`, which measures errors instead of differences.

`faithful`: where results differ in bits, error(new) <= max(error(original), 4 ulp) against a reference of
higher precision: the enclosure of `ir.interp_exact` (200 bits) where the program is known, else the
original's own text run on 80-bit numbers, else nothing, and then 4 ulp from the original is the limit.
Where both errors are well above 4 ulp they are noise of one size; there the judge counts over all
inputs, and refuses a candidate that is worse more often than better beyond chance, or by far once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from loopwright.verify.compare import AnyArray, Difference, Floats, bitwise, compare, relative
from loopwright.verify.observe import Observation

if TYPE_CHECKING:
    from loopwright.ir.nodes import Program
    from loopwright.verify.case import Case

ULPS = 4.0
FAR_WORSE = 4096.0
SIGMAS = 4.0
"""Standard deviations of a fair coin beyond which "worse more often than better" is no chance. Two would
refuse one right reordering in forty; at four, 20 inputs that are all worse are still enough to tell."""


class Judge(Protocol):
    """Decides whether two observations are the same at an accuracy level."""

    def compare(
        self, case: Case, step: int, a: Observation, b: Observation, *, strict: bool
    ) -> Difference | None: ...

    def conclude(self) -> tuple[Case, int, Difference] | None:
        """A difference that only all inputs together show."""
        ...

    def start_shrinking(self) -> None:
        """What follows are variations of one input: they count for nothing."""
        ...


class Oracle(Protocol):
    """More exact results than the original's."""

    name: str

    def truths(self, case: Case) -> dict[str, AnyArray] | None:
        """Floating leaves by path as longdouble arrays (NaN where not known); None if out of reach."""
        ...


@dataclass
class Plain:
    """Bitwise or relative: each input is judged alone."""

    close: Floats

    def compare(
        self, case: Case, step: int, a: Observation, b: Observation, *, strict: bool
    ) -> Difference | None:
        return compare(a, b, self.close, strict=strict)

    def conclude(self) -> tuple[Case, int, Difference] | None:
        return None

    def start_shrinking(self) -> None:
        return None


@dataclass
class Faithful:
    """See the module's docstring. `oracle` may be None."""

    oracle: Oracle | None
    worse: int = 0
    better: int = 0
    worst: tuple[float, Case, int, Difference] | None = None
    counting: bool = True

    def compare(
        self, case: Case, step: int, a: Observation, b: Observation, *, strict: bool
    ) -> Difference | None:
        if compare(a, b, bitwise, strict=strict) is None:
            return None
        leaves: list[tuple[str, AnyArray, AnyArray]] = []

        def note(path: str, x: AnyArray, y: AnyArray) -> AnyArray:
            leaves.append((path, x, y))
            exact: AnyArray = (
                (x == y) | (np.isnan(x) & np.isnan(y)) | (np.isfinite(x) & np.isfinite(y))
            )
            return exact

        found = compare(a, b, note, strict=strict)
        if found is not None:
            return found
        # Later calls of a script are about state; they compute what the first call was measured on.
        limit = ULPS if step == 0 else FAR_WORSE
        suspicious = [leaf for leaf in leaves if np.any(ulps(leaf[1], leaf[2]) > limit)]
        if not suspicious:
            return None
        return self._measure(case, step, suspicious)

    def _measure(
        self, case: Case, step: int, suspicious: list[tuple[str, AnyArray, AnyArray]]
    ) -> Difference | None:
        truths = self.oracle.truths(case) if self.oracle is not None and step == 0 else None
        for path, x, y in suspicious:
            truth = None if truths is None else truths.get(path)
            if truth is None or truth.shape != x.shape:
                truth = np.full(x.shape, np.nan, np.longdouble)
            unknown = np.isnan(truth) & (ulps(x, y) > ULPS)
            if np.any(unknown):
                return _first(path, x, y, unknown)
            old, new = errors(x, truth), errors(y, truth)
            bad = new > np.maximum(old, ULPS)
            if not np.any(bad):
                self.better += self.counting and bool(np.any(old > np.maximum(new, ULPS)))
                continue
            difference = _first(path, x, y, bad)
            level = float(np.max(np.maximum(old, ULPS)))
            if float(np.max(new)) > FAR_WORSE * level:
                return difference
            self._count(case, step, difference, float(np.max(new)), level)
        return None

    def _count(self, case: Case, step: int, difference: Difference, new: float, old: float) -> None:
        if not self.counting:
            return
        if new <= old:
            self.better += 1
            return
        self.worse += 1
        if self.worst is None or new / old > self.worst[0]:
            self.worst = (new / old, case, step, difference)

    def conclude(self) -> tuple[Case, int, Difference] | None:
        if self.worst is None:
            return None
        if self.worse <= self.better + SIGMAS * math.sqrt(self.worse + self.better) + 1:
            return None
        _, case, step, d = self.worst
        return case, step, Difference(d.path, d.expected, d.got, "accuracy")

    def start_shrinking(self) -> None:
        self.counting = False


def _first(path: str, x: AnyArray, y: AnyArray, bad: AnyArray) -> Difference:
    at = tuple(int(k) for k in np.argwhere(bad)[0])
    where = f"{path}[{', '.join(map(str, at))}]" if at else path
    return Difference(where, repr(x[at]), repr(y[at]), "accuracy of the value")


def ulps(x: AnyArray, y: AnyArray) -> AnyArray:
    """How many units in the last place of `x` the finite `y` is away; 0 where both are NaN or equal."""
    if x.dtype.kind == "c":
        return np.maximum(ulps(x.real, y.real), ulps(x.imag, y.imag))
    with np.errstate(all="ignore"):
        unit = np.spacing(np.abs(x).astype(x.dtype)).astype(np.float64)
        away = np.abs(x.astype(np.longdouble) - y.astype(np.longdouble)).astype(np.float64) / unit
    both: AnyArray = np.where(np.isfinite(away), away, 0.0)
    return both


def errors(x: AnyArray, truth: AnyArray) -> AnyArray:
    """The error of `x` in units in the last place of the truth, at the precision of `x`."""
    if x.dtype.kind == "c":
        return np.maximum(errors(x.real, truth.real), errors(x.imag, truth.imag))
    with np.errstate(all="ignore"):
        unit = np.spacing(np.abs(truth).astype(x.dtype)).astype(np.longdouble)
        away = np.abs(x.astype(np.longdouble) - truth) / unit
    out: AnyArray = np.where(np.isfinite(away), away, 0.0).astype(np.float64)
    return out


def referee(pair: Any, program: Program | None) -> str:
    """What `faithful` measures errors against, for the report."""
    from loopwright.verify.oracle import make_oracle

    oracle = make_oracle(pair, program)
    return "distance from the original" if oracle is None else oracle.name


def make_judge(accuracy: str, pair: Any, program: Program | None) -> Judge:
    """The judge for `bitwise`, `faithful` or `rtol=X`. Raises ValueError for anything else."""
    if accuracy == "bitwise":
        return Plain(bitwise)
    if accuracy == "faithful":
        from loopwright.verify.oracle import make_oracle

        return Faithful(make_oracle(pair, program))
    name, _, number = accuracy.partition("=")
    if name != "rtol":
        raise ValueError(f"accuracy must be bitwise, faithful or rtol=X, not {accuracy!r}")
    return Plain(relative(float(number)) if float(number) > 0 else bitwise)
