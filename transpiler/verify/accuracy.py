"""Accuracy levels: `bitwise`, `rtol=X`, and `faithful`, which measures errors instead of differences.

The rule of `faithful` is in `faithful.py`. `bitwise` is `rtol=0`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from loopwright.verify.case import Case
from loopwright.verify.compare import AnyArray, Difference, Floats, bitwise, compare, relative
from loopwright.verify.observe import Observation


@dataclass(frozen=True, slots=True)
class Doubt:
    """An input on which the sides differ and nobody can say that the candidate is the worse one."""

    case: Case
    step: int
    difference: Difference
    why: str


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

    @property
    def exact(self) -> bool:
        """Whether any other bit is a difference."""
        ...

    @property
    def doubt(self) -> Doubt | None:
        """The first input that stays undecided."""
        ...

    @property
    def note(self) -> str:
        """How errors were measured, for the report."""
        ...


@dataclass(frozen=True, slots=True)
class Truth:
    """More exact results than the original's, for one input.

    `leaves`: floating parts of the outcome by path, as longdouble arrays, NaN where not known. `open`:
    rounding may have decided a comparison, and numbers that are not known hang on it; `sure`: nothing
    that is not floating point does. `by` names the referee; `margins` are what it may be off by, if not
    rigorous.
    """

    leaves: dict[str, AnyArray]
    open: bool = False
    sure: bool = True
    by: str = ""
    margins: dict[str, AnyArray] = field(default_factory=dict)

    def leaf(self, path: str, x: AnyArray) -> AnyArray:
        """The truth about `x`, which the comparison found at `path`."""
        found = _at(self.leaves, path, x)
        if found is None:
            wide = np.clongdouble if x.dtype.kind == "c" else np.longdouble
            return np.full(x.shape, np.nan, wide)
        return found

    def margin(self, path: str, x: AnyArray) -> AnyArray:
        """What `leaf` may be off by."""
        found = _at(self.margins, path, x)
        return np.zeros(x.shape) if found is None else found


def _at(leaves: dict[str, AnyArray], path: str, x: AnyArray) -> AnyArray | None:
    found = leaves.get(path)
    if found is None and x.ndim == 1:  # long lists of numbers are compared as arrays
        parts = [leaves.get(f"{path}[{k}]") for k in range(len(x))]
        known = [part for part in parts if part is not None]
        found = np.array(known) if known and len(known) == len(parts) else None
    return None if found is None or found.shape != x.shape else found


class Oracle(Protocol):
    """A referee, or several in turn."""

    def truth(self, case: Case) -> Truth | None:
        """None if the outcome for `case` is out of reach."""
        ...


@dataclass
class Plain:
    """Bitwise or relative: each input is judged alone."""

    close: Floats
    doubt: Doubt | None = field(default=None, init=False)
    note: str = field(default="", init=False)

    @property
    def exact(self) -> bool:
        return self.close is bitwise

    def compare(
        self, case: Case, step: int, a: Observation, b: Observation, *, strict: bool
    ) -> Difference | None:
        return compare(a, b, self.close, strict=strict)

    def conclude(self) -> tuple[Case, int, Difference] | None:
        return None

    def start_shrinking(self) -> None:
        return None


def ulps(x: AnyArray, y: AnyArray) -> AnyArray:
    """How many units in the last place of `x` the finite `y` is away; 0 where both are NaN or equal."""
    if x.dtype.kind == "c":
        return np.maximum(ulps(x.real, y.real), ulps(x.imag, y.imag))
    with np.errstate(all="ignore"):
        away = np.abs(x.astype(np.longdouble) - y.astype(np.longdouble)) / unit(x, x.dtype)
    return _finite(away)


def errors(x: AnyArray, truth: AnyArray) -> AnyArray:
    """The error of the finite `x` in units in the last place of the truth, at the precision of `x`.

    0 where the truth is not known.
    """
    if x.dtype.kind == "c":
        return np.maximum(errors(x.real, truth.real), errors(x.imag, truth.imag))
    with np.errstate(all="ignore"):
        away = np.abs(x.astype(np.longdouble) - truth) / unit(truth, x.dtype)
    return _finite(away)


def unit(x: AnyArray, dtype: np.dtype[Any]) -> AnyArray:
    """The unit in the last place of `x` in the real dtype `dtype`, beyond its range that of its largest."""
    with np.errstate(all="ignore"):
        inside = np.minimum(np.abs(x), np.finfo(dtype).max).astype(dtype)
        spaced: AnyArray = np.spacing(inside).astype(np.longdouble)
    return spaced


def _finite(away: AnyArray) -> AnyArray:
    known: AnyArray = np.where(np.isnan(away), 0.0, away)
    return np.minimum(known, np.finfo(np.float64).max).astype(np.float64)


def make_judge(accuracy: str, pair: Any) -> Judge:
    """The judge for `bitwise`, `faithful` or `rtol=X`. Raises ValueError for anything else."""
    if accuracy == "bitwise":
        return Plain(bitwise)
    if accuracy == "faithful":
        from loopwright.verify.faithful import Faithful
        from loopwright.verify.oracle import make_oracle

        return Faithful(pair, make_oracle(pair))
    name, _, number = accuracy.partition("=")
    if name != "rtol" or math.isnan(float(number)):
        raise ValueError(f"accuracy must be bitwise, faithful or rtol=X, not {accuracy!r}")
    return Plain(relative(float(number)) if float(number) > 0 else bitwise)
