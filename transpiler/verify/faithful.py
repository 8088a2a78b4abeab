"""The accuracy level `faithful`: no result may be less accurate than the original's.

error(new) <= max(error(original), 4 ulp), the errors measured against a referee of higher precision.
Results within 4 ulp of the original's are accepted unmeasured, so that the limit may be passed by the
original's own error there. Where an input amplifies rounding errors, both results are off by chance and
the rule cannot hold for each single input, not even for a pairwise sum: of two orders of one sum now one,
now the other is better. So there it is read in two ways, chosen by measuring some fifty rewrites:

- An input refutes alone if the error is FAR times more than the original's own error, 4 ulp, and what the
  original's result changes by when its inputs change in their last place (`sensitivity.py`). For other
  orders of one sum this ratio stayed below 30, for lost digits (single precision, `E[x²] - E[x]²`,
  `exp(x) - 1`) it reaches 10**6 and more. Without the last term the ratio reaches 10**15 for mere
  reorderings, whenever the original is exact by luck.
- All inputs together refute if the candidate was worse more often than better beyond chance (SIGMAS
  standard deviations), and typically by more than a factor of 2**BITS; or worse on more than MOST of the
  inputs, beyond chance, by whatever factor. Reorderings are near 0 bits, other forms of a chaotic iteration
  at 0.4 to 0.6, a loop for a pairwise sum at 1, for a compensated one at 1.6 to 4; of rewrites that do
  not lose digits at most 0.72 of the inputs were worse. Only inputs drawn independently count.

NaN and infinities are exact, but for those that the original has where the truth is a number (`_unlike`).
The sign of a zero is free, as with any tolerance. Integers, truth values
and shapes are exact; where rounding may have decided one that differs, and where nobody knows the truth,
the input is noted as undecided.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from loopwright.verify.accuracy import Doubt, Oracle, Truth, errors, ulps, unit
from loopwright.verify.case import Case
from loopwright.verify.clock import Stopwatch
from loopwright.verify.compare import AnyArray, Difference, bitwise, compare
from loopwright.verify.meddle import scribble
from loopwright.verify.observe import Observation
from loopwright.verify.sensitivity import Changes, changes, roundings

ULPS = 4.0
FAR = 256.0
SIGMAS = 4.0
BITS = 0.8
MOST = 0.75
_SURE = 0.1
"The part of an error that a referee may be off by."
_NEAR = 4.0
"A difference of so many times the original's sensitivity is never FAR off."
_SHARE = 0.4
"Of the time of the search, for measuring what cannot be FAR off."
_TIES = ("value", "length", "shape", "keys", "order of keys")
_TIE = "rounding decides a comparison that this result hangs on"
_UNKNOWN = "no referee tells which result is closer"

Leaf = tuple[str, AnyArray, AnyArray]
"""Path, the original's numbers, the candidate's."""


@dataclass
class Faithful:
    """See the module's docstring. `oracle` may be None.

    `ratios` are the candidate's error over the original's, in bits, one for each input that counts.
    """

    pair: Any
    oracle: Oracle | None
    doubt: Doubt | None = None
    ratios: list[float] = field(default_factory=list)
    worst: tuple[float, Case, int, Difference] | None = None
    counting: bool = True
    referees: Counter[str] = field(default_factory=Counter)
    spent: float = 0.0
    watch: Stopwatch = field(default_factory=Stopwatch)
    excused: Case | None = None
    exact: bool = False
    judged: list[Leaf] = field(default_factory=list)
    beyond: list[Leaf] = field(default_factory=list)

    # ----------------------------------------------------------- one input

    def compare(
        self, case: Case, step: int, a: Observation, b: Observation, *, strict: bool
    ) -> Difference | None:
        if step == 0:
            self.beyond = []
        if compare(a, b, bitwise, strict=strict) is None:
            return None
        leaves: list[Leaf] = []
        lost: list[tuple[Leaf, AnyArray]] = []

        def note(path: str, x: AnyArray, y: AnyArray) -> AnyArray:
            leaves.append((path, x, y))
            same: AnyArray = _same_kind(x, y)
            if x.dtype.kind == "c":
                return same
            gone = ~same & ~np.isfinite(x)
            if np.any(gone):
                lost.append((leaves[-1], gone))
            return same | gone

        found = compare(a, b, note, strict=strict)
        if step > 0 and self.excused is case:
            return None
        if found is None and lost:
            found = self._unlike(case, step, lost)
        if found is not None:
            return self._exact(case, step, found)
        wide = [leaf for leaf in leaves if np.any(ulps(leaf[1], leaf[2]) > ULPS)]
        if not wide or (step > 0 and _equal(wide, self.judged)):
            return None
        self.judged = wide
        begun = self.watch.seconds
        try:
            # later calls of a script are about state; they compute what the first call was measured on
            return self._later(case, step, wide) if step else self._measured(case, a, wide)
        finally:
            self.spent += self.watch.seconds - begun

    def _exact(self, case: Case, step: int, found: Difference) -> Difference | None:
        """What must be equal is not: a difference, unless rounding may have decided it."""
        if step == 0 and found.what in _TIES:
            truth = self._truth(case)
            if truth is not None and not truth.sure:
                self._doubted(case, step, found, _TIE)
                return None
        return found

    def _unlike(
        self, case: Case, step: int, lost: list[tuple[Leaf, AnyArray]]
    ) -> Difference | None:
        """A number that is not finite, and another one in the candidate. No difference where the truth is
        a number, so that the original's error is without bounds, and the candidate shows that, too, or has
        the truth: sums that overflow on their way do so in one order and not in another."""
        again = step > 0 and _equal([leaf for leaf, _ in lost], self.beyond)
        self.beyond = [leaf for leaf, _ in lost]
        truth = (step == 0 and self._truth(case)) or Truth({})
        for (path, x, y), gone in () if again else lost:
            exact = truth.leaf(path, x)
            known = np.abs(exact) <= np.finfo(x.dtype).max
            known &= truth.margin(path, x) == 0.0
            bad = gone & ~(known & (~np.isfinite(y) | (errors(y, exact) <= ULPS)))
            if truth.open or np.any(bad):
                return replace(_first(path, x, y, bad if np.any(bad) else gone), what="value")
        return None

    def _later(self, case: Case, step: int, leaves: list[Leaf]) -> Difference | None:
        """No truth is at hand: only what is no rounding at all differs, as a number that was kept."""
        sizes = changes(self.pair, case, step)
        there = _changed(case) if case.script == "meddle" else case
        changed = sizes if there is case else changes(self.pair, there, 0)
        own: Changes | None = None
        for path, x, y in leaves:
            noise = np.maximum(noise_of(x, sizes, path), noise_of(x, changed, path))
            far = ulps(x, y) > FAR * FAR * noise
            if np.any(far):  # numbers that all cancel to the same few may change by nothing
                own = roundings(self.pair, there) if own is None else own
                far &= ulps(x, y) > FAR * in_ulps(x, own.get(path, np.zeros(x.shape)))
            if np.any(far):
                return _first(path, x, y, far)
        return None

    def _measured(self, case: Case, a: Observation, leaves: list[Leaf]) -> Difference | None:
        sizes: Changes | None = None
        if self.spent > 1.0 + _SHARE * self.watch.seconds:
            sizes = changes(self.pair, case, 0)
            if not any(np.any(_beyond(leaf, sizes, _NEAR)) for leaf in leaves):
                return None
        truth = self._truth(case) or Truth({})
        old_worst = new_worst = ULPS
        shown: Difference | None = None
        for path, x, y in leaves:
            exact, margin = truth.leaf(path, x), in_ulps(x, truth.margin(path, x))
            old, new = errors(x, exact), errors(y, exact)
            vague = np.isnan(exact) | (margin > np.maximum(1.0, _SURE * np.maximum(old, new)))
            if np.any(vague & (ulps(x, y) > ULPS)):
                sizes = changes(self.pair, case, 0) if sizes is None else sizes
                noise = noise_of(x, sizes, path)
                apart = np.where(
                    np.isnan(exact) | np.isinf(margin),
                    ulps(x, y) > _NEAR * noise,
                    new + margin > FAR * np.maximum(old - margin, noise),
                )
                if np.any(apart & vague):
                    own = roundings(self.pair, case).get(path, np.zeros(x.shape))
                    apart &= ulps(x, y) > np.maximum(ULPS, in_ulps(x, own))
                if np.any(apart & vague):
                    why = _TIE if truth.open else _UNKNOWN
                    self._doubted(case, 0, _first(path, x, y, apart & vague), why)
                return None
            bad = new > np.maximum(old, ULPS)
            if np.any(new[bad] > FAR * np.maximum(old[bad], ULPS)):
                sizes = changes(self.pair, case, 0) if sizes is None else sizes
                noise = np.maximum(old, noise_of(x, sizes, path))
                far = bad & (new > FAR * noise)
                if np.any(far):
                    return _first(path, x, y, far)
            if np.any(bad) and float(np.max(new)) > new_worst:
                shown = _first(path, x, y, new == np.max(new))
            old_worst = max(old_worst, float(np.max(old)))
            new_worst = max(new_worst, float(np.max(new)))
        self._count(case, math.log2(new_worst / old_worst), shown)
        return None

    def _truth(self, case: Case) -> Truth | None:
        found = None if self.oracle is None else self.oracle.truth(case)
        if found is not None and self.counting:
            self.referees[found.by] += 1
        return found

    def _doubted(self, case: Case, step: int, difference: Difference, why: str) -> None:
        self.excused = case
        if self.counting and self.doubt is None:
            self.doubt = Doubt(case, step, difference, why)

    # ---------------------------------------------------------- all inputs

    def _count(self, case: Case, ratio: float, shown: Difference | None) -> None:
        """Changes of one case are no independent evidence."""
        independent = case.drawn or case.labels & {"examples", "recorded inputs"}
        if not (self.counting and independent) or ratio == 0.0:
            return
        self.ratios.append(ratio)
        if shown is not None and (self.worst is None or ratio > self.worst[0]):
            self.worst = (ratio, case, 0, shown)

    def conclude(self) -> tuple[Case, int, Difference] | None:
        worse = sum(ratio > 0 for ratio in self.ratios)
        count = len(self.ratios)
        if self.worst is None:
            return None
        often = _beyond_chance(worse, count, 0.5) and statistics.median(self.ratios) > BITS
        if not often and not _beyond_chance(worse, count, MOST):
            return None
        _, case, step, d = self.worst
        what = f"accuracy ({worse} inputs worse, {count - worse} better)"
        return case, step, Difference(d.path, d.expected, d.got, what)

    def start_shrinking(self) -> None:
        self.counting = False

    @property
    def note(self) -> str:
        if not self.referees:
            return "no input called for a referee of accuracy"
        counts = (f"{name} ({count} inputs)" for name, count in self.referees.most_common())
        return f"errors measured by {' and by '.join(counts)}"


def _changed(case: Case) -> Case:
    """The call that follows after the caller wrote into the arguments, as far as that is known before."""
    values = case.fresh()
    for value in values.values():
        scribble(value)
    return replace(case, values=values, script="once", data=b"")


def _beyond_chance(hits: int, count: int, share: float) -> bool:
    """Whether a coin that falls so with probability `share` would hardly give so many hits."""
    return hits > share * count + SIGMAS * math.sqrt(share * (1 - share) * count) + 0.5


def _same_kind(x: AnyArray, y: AnyArray) -> AnyArray:
    """Where numbers may be told apart by their errors only: both finite, or the same without being so."""
    if x.dtype.kind == "c":
        return _same_kind(x.real, y.real) & _same_kind(x.imag, y.imag)
    same: AnyArray = (x == y) | (np.isnan(x) & np.isnan(y)) | (np.isfinite(x) & np.isfinite(y))
    return same


def _beyond(leaf: Leaf, sizes: Changes, times: float) -> AnyArray:
    path, x, y = leaf
    far: AnyArray = ulps(x, y) > times * noise_of(x, sizes, path)
    return far


def noise_of(x: AnyArray, sizes: Changes, path: str) -> AnyArray:
    """By how many of its units `x` changes with its inputs, at least ULPS; without end if not known."""
    size = sizes.get(path)
    if size is None or size.shape != x.shape:
        return np.full(x.shape, np.inf)
    return np.maximum(ULPS, in_ulps(x, size))


def in_ulps(x: AnyArray, size: AnyArray) -> AnyArray:
    """`size` in units in the last place of `x`."""
    part = np.finfo(x.dtype).dtype
    units = (
        unit(x, part) if x.dtype.kind != "c" else np.minimum(unit(x.real, part), unit(x.imag, part))
    )
    with np.errstate(all="ignore"):
        found: AnyArray = (size / units).astype(np.float64)
    return found


def _equal(a: list[Leaf], b: list[Leaf]) -> bool:
    """Whether two calls gave the same numbers."""
    return len(a) == len(b) and all(
        p == q and np.array_equal(x, u, equal_nan=True) and np.array_equal(y, v, equal_nan=True)
        for (p, x, y), (q, u, v) in zip(a, b, strict=True)
    )


def _first(path: str, x: AnyArray, y: AnyArray, bad: AnyArray) -> Difference:
    at = tuple(int(k) for k in np.argwhere(bad)[0])
    where = f"{path}[{', '.join(map(str, at))}]" if at else path
    return Difference(where, repr(x[at]), repr(y[at]), "accuracy of the value")
