"""What a search for a difference is about: the two sides, its limits, what it saw, and a replay of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from loopwright.verify.accuracy import Doubt, Judge
from loopwright.verify.case import Case
from loopwright.verify.compare import Difference
from loopwright.verify.conditions import Condition, Kind
from loopwright.verify.constants import Constants
from loopwright.verify.coverage import Coverage
from loopwright.verify.kept import Kept
from loopwright.verify.kinds import Parameter
from loopwright.verify.observe import Observation
from loopwright.verify.reachable import Reachable
from loopwright.verify.sandbox import Board
from loopwright.verify.unreached import Missed

if TYPE_CHECKING:
    from loopwright.verify.mutate.subject import Subject

Invoke: TypeAlias = Callable[[dict[str, Any]], Any]
"""A call with arguments by the names of the parameters."""


@dataclass
class Run:
    """One side's observations for one case: one per call of the script.

    `accepted`: the kernel itself ran (candidate of a region), or the original returned (functions).
    `covers`: the goals that it met count as reached. `hazard` is what went wrong without a trace in the
    steps, under the condition of the case: "iterations 0 and 1 both write out[3]".
    """

    steps: list[Observation]
    accepted: bool
    covers: bool = True
    hazard: str = ""

    @property
    def usable(self) -> bool:
        return all(step.usable for step in self.steps)

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)


class Pair(Protocol):
    """The two sides under test, loaded."""

    parameters: tuple[Parameter, ...]
    constants: Constants
    coverage: Coverage
    sides: Sequence[Reachable]
    strict: bool
    hang_counts: bool
    "a candidate that does not return where the original did is a difference"
    guarded: bool
    "arguments of other types are tried too: a guard has to turn them away"

    def original(self, case: Case, limit: float) -> Run: ...

    def candidate(self, case: Case, limit: float, expected: Run) -> Run: ...

    def given(self) -> Sequence[Case]:
        """Cases to run first: recorded samples, examples."""
        ...

    def scripts(self) -> Sequence[str]:
        """What callers may do, most usual first."""
        ...

    def mutable(self) -> Sequence[Subject]:
        """The code that mutants are made of: the candidate's, and the original's for want of that."""
        ...

    def conditions(self) -> Sequence[Kind]:
        """What else the candidate ought to be run under, beside other memory."""
        ...

    def unwatched(self, under: Condition) -> Sequence[str]:
        """What a condition did not reach, in words for the report."""
        ...

    def plain(self) -> tuple[Invoke, Invoke] | None:
        """Both sides to be called with values by parameter and nothing watched, the original first; None
        if their results say nothing by themselves."""
        ...

    def interrupted(self) -> None:
        """A plain call was cut off: one side may have got ahead of the other."""
        ...


@dataclass
class Finding:
    """A case on which the sides differ, before and after shrinking, and the cases run before it."""

    case: Case
    small: Case
    difference: Difference
    step: int
    history: list[Case]


@dataclass
class Summary:
    """What a search saw. `clean` is False once a call was cut off, so that states may differ; `kept` are
    inputs that say much, the best first."""

    inputs: int = 0
    accepted: int = 0
    discarded: int = 0
    labels: set[str] = field(default_factory=set)
    sizes: set[int] = field(default_factory=set)
    missed: tuple[Missed, ...] = ()
    clean: bool = True
    seconds: float = 0.0
    kept: tuple[Case, ...] = ()
    finding: Finding | None = None
    doubt: Doubt | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Limits of a search in seconds of work (`clock.py`); `deadline` is a time of time.monotonic.

    `call_limit` is the longest call of the original, `patience` of the candidate, and `first` of the
    candidate before its first success: it may have to load or compile. The search ends after `enough` if it
    accepted `wanted` inputs and reached every goal, after twice that if not, and at `deadline`.
    """

    seed: int
    deadline: float
    enough: float
    wanted: int = 10
    most: int = 4000
    call_limit: float = 0.5
    patience: float = 2.0
    first: float = 2.0
    tame: bool = False
    "no large inputs: after the original crashed or hung"
    kept: Kept = field(default_factory=Kept)
    "inputs that were accepted, some of each kind"


def first_difference(
    pair: Pair, judge: Judge, case: Case, a: Run, b: Run
) -> tuple[int, Difference] | None:
    """The first step at which two runs differ, by the judge's rules."""
    if case.under is not None and not case.under.moves:
        return hazard_of(a, b)
    for number, (x, y) in enumerate(zip(a.steps, b.steps, strict=False)):
        if x.outcome == "exhausted" or x.outcome == "timeout":
            return None
        if y.outcome == "exhausted" and not pair.hang_counts:
            return None
        if y.outcome == "timeout" and not (pair.hang_counts or _modest(case)):
            return None
        difference = judge.compare(case, number, x, y, strict=pair.strict)
        if difference is not None:
            return number, difference
    return None


def hazard_of(a: Run, b: Run) -> tuple[int, Difference] | None:
    """What is wrong with the candidate's run, and not with the original's, beside what it did."""
    if not b.hazard or a.hazard or not a.accepted:
        return None
    return 0, Difference("the call", "no such access", b.hazard, "hazard", reason=b.hazard)


def _modest(case: Case) -> bool:
    """True if no integer of the case is so large that a slower algorithm would not end."""
    return all(abs(v) <= 10_000 for v in case.values.values() if type(v) is int)


def replay(
    pair: Pair, judge: Judge, cases: Sequence[Case], limit: float, board: Board
) -> Finding | None:
    """Run `cases` in order in this process; the first difference as a finding."""
    for number, case in enumerate(cases):
        a, b = run_both(pair, case, limit, board)
        found = None if b is None else first_difference(pair, judge, case, a, b)
        if found is not None:
            return Finding(case, case, found[1], found[0], list(cases[:number]))
    return None


def run_both(pair: Pair, case: Case, limit: float, board: Board) -> tuple[Run, Run | None]:
    """Both sides on one case; no candidate's run where the original's is not usable."""
    case.fresh()
    board.post("o", case.data)
    a = pair.original(case, limit)
    b = None
    if a.usable:
        board.post("c", case.data)
        b = pair.candidate(case, limit, a)
    board.post("-", b"")
    return a, b
