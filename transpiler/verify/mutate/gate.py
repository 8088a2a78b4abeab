"""Could the check have failed? A sample of mutants is tried; those that nothing tells apart are shown.

A comparison that lets wrong code pass says nothing about right code (DeMillo, Lipton and Sayward, Hints on
Test Data Selection, IEEE Computer 1978).
"""

from __future__ import annotations

import ast
import itertools
import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from loopwright.verify.case import Case
from loopwright.verify.engine import Pair
from loopwright.verify.goals import span_of
from loopwright.verify.mutate.mutants import Mutant, within
from loopwright.verify.mutate.statements import guard_removed
from loopwright.verify.mutate.subject import Subject
from loopwright.verify.mutate.trials import ASIDE, KILLED, MADE, SURVIVED, Trials

MOST = 60
"""Mutants of a sample."""
SHARE, OF_GENERATED = 0.6, 0.3
"""Of the mutants that are not equivalent, those that have to be noticed. Generated code tests what never
happens and handles blocks, tails and signs of zeros apart: half of its mutants may be equivalent, and
nothing cheap tells which (measured on kernels of right programs: 52 % noticed and more)."""
ENOUGH = 5
"""Fewer mutants than this make no share."""
_DRAWN = 24
_LISTED = 8
_SAMPLE, _PATIENCE = 12, 2.0
"""Fewer mutants than this, for want of time, are worth another try with up to four times as many CPU seconds
as the second number."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """How many mutants were made, noticed, and are equivalent; those that survived, as text.

    `blind` are functions that a person wrote and of which no mutant was noticed. `note` tells which code
    was mutated, if it is not the candidate's; `share` has to be noticed.
    """

    mutants: int = 0
    killed: int = 0
    equivalent: int = 0
    survived: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()
    note: str = ""
    share: float = SHARE

    @property
    def vacuous(self) -> str:
        """Why the check could not have failed; empty if it could."""
        count = self.mutants - self.equivalent
        missed = count - self.killed
        example = f", e.g. {self.survived[0]}" if self.survived else ""
        if self.mutants == 0:
            return "the check could not have failed: no mutant could be tried"
        if self.killed == 0 or (count >= ENOUGH and self.killed < least_of(count, self.share)):
            which = f"{missed} of {count} mutants went unnoticed"
        elif self.blind:
            which = f"no mutant of {', '.join(self.blind)} was noticed"
        else:
            return ""
        return f"the check could not have failed: {which}{example}"


def least_of(count: int, share: float) -> float:
    """How many of so many mutants have to be noticed: one standard deviation less than the share, as few
    mutants may be off by chance."""
    return share * count - math.sqrt(share * (1 - share) * count)


def gauge(
    pair: Pair, accuracy: str, cases: Sequence[Case], seconds: float, deadline: float, seed: int
) -> Gauge:
    """Try mutants on `cases`, the inputs that a search without a difference kept, for `seconds` of CPU time
    and until `deadline` at the latest. A small sample that the time cut short, or one that condemns, says
    nothing: it is taken again with more."""
    inputs = cases or pair.given()
    for subject in (each for each in pair.mutable() if each.functions):
        for longer in (4**k for k in itertools.count()):
            end = min(deadline, time.monotonic() + 4 * longer * seconds)
            trials = Trials(pair, subject, accuracy, inputs, longer * seconds, end, seed)
            found = _tried(trials)
            settled = not found.vacuous and (
                found.mutants >= _SAMPLE or longer * seconds > _PATIENCE
            )
            if settled or not trials.unfinished or time.monotonic() > deadline:
                break
        if found.mutants:
            return found
    return Gauge()


def _tried(trials: Trials) -> Gauge:
    """The sample of one subject, and what became of it."""
    mutants = trials.mutants
    fates = dict(zip(mutants, trials.on_kept(mutants, MOST), strict=True))
    left = [mutant for mutant, fate in fates.items() if fate == SURVIVED]
    if left:
        again = trials.on_fresh(left, _DRAWN)
        fates |= {m: KILLED for m, fate in zip(left, again, strict=True) if fate == KILLED}
    left = [mutant for mutant, fate in fates.items() if fate == SURVIVED]
    free = _free_choices(trials, left)
    return _gauged(trials.subject, fates, free)


def _free_choices(trials: Trials, survivors: Sequence[Mutant]) -> set[Mutant]:
    """Survivors that change which of two ways is taken, where one way gives the same on every input: the
    condition made always true, or always false, was not noticed either. Of these two the survivor counts,
    unless both survived."""
    around = {m: _tests_around(trials, m) for m in survivors}
    guards = {
        test: [
            Mutant(guard_removed.__name__, m.file, m.owner, edit) for edit in guard_removed(test)
        ]
        for m, tests in around.items()
        for test in tests
    }
    asked = [guard for each in guards.values() for guard in each]
    fates = dict(zip(asked, trials.on_kept(asked, len(asked)), strict=True)) if asked else {}
    alive = {
        test: sum(fates[guard] in (SURVIVED, ASIDE) for guard in each)
        for test, each in guards.items()
    }
    return {
        m
        for m, tests in around.items()
        if any(alive[t] == 2 or (alive[t] and m.operator != guard_removed.__name__) for t in tests)
    }


def _tests_around(trials: Trials, mutant: Mutant) -> list[ast.If | ast.IfExp]:
    """What the condition decides that a change is part of."""
    if not isinstance(mutant.edit.at, ast.expr):
        return []
    function = trials.sources[mutant.file].functions[mutant.owner][0]
    at = span_of(mutant.edit.at)
    return [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.If | ast.IfExp) and within(at, span_of(node.test))
    ]


def _gauged(subject: Subject, fates: dict[Mutant, int], free: set[Mutant]) -> Gauge:
    made = [mutant for mutant, fate in fates.items() if fate in MADE]
    killed = [mutant for mutant in made if fates[mutant] == KILLED]
    equivalent = [m for m in made if fates[m] == ASIDE or m in free]
    known = {*killed, *equivalent}
    survived = sorted((m for m in made if m not in known), key=lambda m: (m.file, m.line))
    counted = Counter(m.owner[0] for m in made if m not in free)
    noticed = {m.owner[0] for m in killed}
    blind = [name for name, count in counted.items() if count >= ENOUGH and name not in noticed]
    blind = [] if subject.generated else blind
    note = (
        "the candidate has no source that runs as Python: the mutants are the original's"
        if subject.original and made
        else ""
    )
    return Gauge(
        len(made), len(killed), len(equivalent), tuple(map(str, survived[:_LISTED])),
        tuple(sorted(blind)), note, OF_GENERATED if subject.generated else SHARE,
    )  # fmt: skip
