"""Inputs that are made to reach something: what was missed, every length, arguments that are related.

Chance comes first, as it is cheap; what it missed is solved for, then climbed to from the nearest input.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import target

from loopwright.verify.case import Case
from loopwright.verify.climb import REACHED, Climb
from loopwright.verify.engine import Pair
from loopwright.verify.sweep import constant_lengths, lengths, related
from loopwright.verify.tight import Tight
from loopwright.verify.unreached import open_goals
from loopwright.verify.variants import called_otherwise, laid_out, matrices, short, special

_SOLVED = (2, 5, 12, 24, 48)
_CLIMBED = (6, 14, 30, 60, 120)
"""Rounds before which missed goals are solved for, and climbed to."""
_GUIDED = (8, 20, 40, 80)
_IN_ORDER, _AT_ONCE = 3, 16
"The first round before which inputs in order are run, and how many at a time."
_SLOW = 0.1
"""Seconds of a call beyond which longer arguments are not tried."""
_GOALS = 12
_PLAIN = frozenset({"small integers", "ordinary", "unit interval", "ascending", "positive", "indices",
                    "permutation", "hundreds"})  # fmt: skip
_GOOD_SIZES = range(3, 41)


@dataclass
class Aim:
    """What a search aims at. `run` runs a case and tells the seconds that it took."""

    pair: Pair
    run: Callable[[Case], float]
    nearest: dict[int, tuple[float, Case]] = field(default_factory=dict)
    "The least distance to a missed goal, and where it was seen."
    impossible: set[int] = field(default_factory=set)
    solver: object = None
    _missed: set[int] = field(default_factory=set)
    _open: bool = False
    _stages: list[Iterator[Case]] | None = None
    _tight: Tight | None = None

    @property
    def open(self) -> bool:
        """True if something was missed that may hide a difference."""
        missed = self.pair.coverage.missed
        if missed != self._missed:
            self._missed = missed
            self._open = bool(open_goals(self.pair.coverage, self.impossible))
        return self._open

    def through(self, number: int) -> bool:
        """True before round `number` if all inputs in order were run, and what was missed was tried."""
        tried = number > max(*_SOLVED, *_CLIMBED) or not self.open
        return tried and self._stages == [] and self._tight is not None and self._tight.over

    def note(self, case: Case) -> None:
        """Remember how near a watched case came to what is missed."""
        for number, distance in self.pair.coverage.near.items():
            if distance < self.nearest.get(number, (float("inf"), None))[0]:
                self.nearest[number] = (distance, case)

    def guide(self) -> None:
        """Tell Hypothesis how near the input that ran came to what is missed; it varies the nearest."""
        missed = self.pair.coverage.missed - self.impossible
        for number, distance in self.pair.coverage.near.items():
            if number in missed and math.isfinite(distance):
                target(-math.log1p(distance), label=f"goal {number}")

    def guided(self, number: int) -> bool:
        """True if a round is to be guided by distances."""
        return number in _GUIDED and any(n in self.pair.coverage.missed for n in self.nearest)

    def before(self, number: int, pool: Sequence[Case]) -> None:
        """Run what is due before a round."""
        bases = sorted((c for c in pool if c.script == "once"), key=_strangeness)
        if not bases:
            return
        left = self.pair.coverage.missed - self.impossible
        if number in _SOLVED and left:
            self._solve(bases)
        if number in _CLIMBED and left:
            self._climb()
        if number >= _IN_ORDER:
            self._in_order(bases[0], bases[-1])
            self._call_plainly(bases[0])

    def _in_order(self, base: Case, odd: Case) -> None:
        """Some more of the inputs that come in order; the rest of a kind is left out once one is slow."""
        parameters, constants = self.pair.parameters, self.pair.constants
        if self._stages is None:
            self._stages = [
                constant_lengths(parameters, constants, base),
                lengths(parameters, base),
                related(parameters, base),
                special(parameters, constants, odd),
                special(parameters, constants, base),
                short(parameters, base),
                matrices(parameters, base),
                laid_out(base),
                called_otherwise(self.pair.scripts(), base),
            ]
        for _ in range(_AT_ONCE):
            case = next(self._stages[-1], None) if self._stages else None
            if self._stages and (case is None or self.run(case) > _SLOW):
                self._stages.pop()

    def _call_plainly(self, base: Case) -> None:
        def run(values: dict[str, Any]) -> float:
            labels = base.labels | {"many plain calls"}
            return self.run(replace(base, values=values, labels=labels, drawn=False, data=b""))

        if self._tight is None:
            pair = self.pair
            self._tight = Tight(pair.plain(), pair.parameters, pair.interrupted, run)
        self._tight.burst()

    def _solve(self, bases: Sequence[Case]) -> None:
        from loopwright.verify.solve import Solver  # z3: only where something was missed

        if not isinstance(self.solver, Solver):
            self.solver = Solver(self.pair.coverage, self.pair.sides, self.pair.parameters)
        cases, hopeless = self.solver.aim(bases)
        self.impossible |= hopeless
        self._missed = set()
        for case in cases:
            self.run(case)

    def _climb(self) -> None:
        missed = self.pair.coverage.missed - self.impossible
        near = sorted((d, n) for n, (d, _) in self.nearest.items() if n in missed)
        for _, number in near[:_GOALS]:
            distance, case = self.nearest[number]
            Climb(self.pair.parameters, lambda c, n=number: self._distance(c, n)).towards(  # type: ignore[misc]
                case, distance
            )

    def _distance(self, case: Case, number: int) -> float:
        self.run(case)
        if number not in self.pair.coverage.missed:
            return REACHED
        return self.pair.coverage.near.get(number, float("inf"))


def _strangeness(case: Case) -> tuple[int, int]:
    """How far a case is from one that may be changed in any way: plain numbers, some elements."""
    odd = len(case.labels - _PLAIN)
    sizes = [
        len(v) for v in case.values.values() if isinstance(v, list) or getattr(v, "ndim", 0) > 0
    ]
    return (odd, sum(n not in _GOOD_SIZES for n in sizes))
