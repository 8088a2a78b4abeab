"""What shows under other circumstances only: stray accesses, memory that was never written, races.

After a search that found nothing, some of its inputs run again, both sides alternately as before, in a
child process: with arrays next to pages that nobody may touch and other bytes in fresh memory, with indices
tested in what Numba compiled, with the iterations of parallel loops watched.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from loopwright.verify.accuracy import Judge, make_judge
from loopwright.verify.case import Case
from loopwright.verify.compare import bitwise, compare
from loopwright.verify.conditions import Condition, Kind, two_places
from loopwright.verify.engine import (
    Finding,
    Pair,
    Plan,
    Run,
    Summary,
    first_difference,
    replay,
    run_both,
)
from loopwright.verify.sandbox import Board, Ended, Finished, in_fork
from loopwright.verify.shrink import shrink

_SHARE = 0.08
"of the time of the search, for other memory"
_LEAST = 0.15
_WATCHED = 24
_COMPILING = 15.0
"Seconds at most for compiling and running under one condition."
_SHRINKING = 1.0
_NO_TIME: dict[Kind | None, str] = {
    None: "there was no time to look for stray accesses",
    "bounds": "there was no time to test the indices of compiled functions",
    "order": "there was no time to watch all parallel iterations",
}


Answer = tuple[Finding | None, Sequence[str]]
"""What a child sends: a finding, and notes for the report."""


@dataclass
class Found:
    """At most one of `finding` and `crash`, which is the end of the candidate's process."""

    finding: Finding | None = None
    crash: Ended | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Hazards:
    """The inputs of a search once more, until `last_moment` (time.monotonic) at most."""

    pair: Pair
    accuracy: str
    plan: Plan
    last_moment: float

    def search(self, seen: Summary) -> Found:
        """Run what `seen` kept under each condition that applies."""
        cases = [Case.from_data(data) for data in self.plan.kept.all()]
        if not cases:
            return Found()
        notes: list[str] = []
        kinds: list[Kind | None] = list(self.pair.conditions())
        # watching iterations needs no compiler, so that there is time for it
        kinds.insert(kinds[:1].count("order"), None)
        for kind in kinds:
            if kind is None:
                end = self._memory(cases, max(_LEAST, _SHARE * seen.seconds))
            else:
                under = Condition(kind)
                end = self._watched([_once(case, under) for case in cases[:_WATCHED]], under)
            if isinstance(end, Ended) and end.how == "hang":
                notes.append(_NO_TIME[kind])
            elif isinstance(end, Finished):
                notes += end.value[1]
            if _found(end):
                break
        if isinstance(end, Finished):
            return Found(end.value[0], notes=notes)
        return Found(crash=self._smaller(end) if _found(end) else None, notes=notes)

    def _memory(self, cases: Sequence[Case], seconds: float) -> Finished | Ended:
        judge = make_judge(self.accuracy, self.pair)
        limit = max(self.plan.patience, self.plan.first)

        def work(board: Board) -> Answer:
            run_both(self.pair, cases[0], limit, board)  # compiles what has to be
            until = time.monotonic() + seconds
            found = elsewhere(self.pair, judge, cases, self.plan.patience, board, until)
            return found and self._shrunk(found, judge, board), ()

        return self._forked(work, min(time.monotonic() + _COMPILING, self._end()))

    def _watched(self, cases: Sequence[Case], under: Condition) -> Finished | Ended:
        judge = make_judge("bitwise", self.pair)

        def work(board: Board) -> Answer:
            found = replay(self.pair, judge, cases, self.plan.first, board)
            notes = self.pair.unwatched(under)
            return found and self._shrunk(found, judge, board), notes

        return self._forked(work, min(time.monotonic() + _COMPILING, self._end()))

    def _end(self) -> float:
        """When the last input has to be through: later ones confirm what was found."""
        now = time.monotonic()
        return now + 0.4 * max(0.0, self.last_moment - now)

    def _forked(self, work: Callable[[Board], object], deadline: float) -> Finished | Ended:
        return in_fork(work, deadline=min(deadline, self.last_moment), stuck_after=1e9)

    # -------------------------------------------------------------- shrinking

    def _shrunk(self, finding: Finding, judge: Judge, board: Board) -> Finding:
        """With the simplest case that differs, too, in this process."""
        small = [finding]

        def differs(case: Case) -> bool:
            found = replay(self.pair, judge, [case], self.plan.patience, board)
            small[0] = found or small[0]
            return found is not None

        self._shrink(finding.case, differs)
        best = small[0]
        return replace(finding, small=best.case, difference=best.difference, step=best.step)

    def _smaller(self, end: Ended) -> Ended:
        """With the simplest case that ends the candidate's process, too."""
        small = [end]

        def crashes(case: Case) -> bool:
            again = self._forked(
                lambda board: replay(self.pair, judge, [case], self.plan.patience, board),
                time.monotonic() + self.plan.patience,
            )
            if isinstance(again, Ended) and _found(again):
                small[0] = again
                return True
            return False

        judge = make_judge(self.accuracy, self.pair)
        self._shrink(Case.from_data(end.case), crashes)
        return replace(small[0], counts=(0, 0))

    def _shrink(self, case: Case, fails: Callable[[Case], bool]) -> None:
        until = min(time.monotonic() + _SHRINKING, self._end())

        def in_time(simpler: Case) -> bool:
            if time.monotonic() > until:
                raise _Enough
            return fails(simpler)

        with contextlib.suppress(_Enough):
            shrink(case, self.pair.parameters, in_time)


class _Enough(Exception):
    """There is no more time for shrinking."""


def _once(case: Case, under: Condition) -> Case:
    """One call of the case under a condition."""
    return replace(case, under=under, script="once", data=b"")


def _found(end: Finished | Ended) -> bool:
    if isinstance(end, Finished):
        return end.value[0] is not None
    return end.side == "c" and end.how != "hang"


def elsewhere(
    pair: Pair, judge: Judge, cases: Sequence[Case], limit: float, board: Board, until: float
) -> Finding | None:
    """The first case whose answer hangs on where its arrays lie, or on what was never written."""
    before: list[Case] = []
    for number, case in enumerate(cases):
        if time.monotonic() > until:
            return None
        runs: list[tuple[Case, Run, Run]] = []
        for moved in (case.run_under(condition) for condition in two_places(number)):
            a, b = run_both(pair, moved, limit, board)
            if b is None or not b.usable:
                break
            runs.append((moved, a, b))
        if not judge.exact and len(runs) == 2 and _alike(runs[0][2], runs[1][2]):
            continue
        for moved, a, b in runs:
            found = first_difference(pair, judge, moved, a, b)
            if found is not None:
                return Finding(moved, moved, found[1], found[0], before)
            before.append(moved)
    return None


def _alike(a: Run, b: Run) -> bool:
    """Whether two runs did the same, to the last bit."""
    steps = zip(a.steps, b.steps, strict=False)
    return all(compare(x, y, bitwise) is None for x, y in steps if x.usable and y.usable)


# ----------------------------------------------------------------------- words


def where_it_shows(case: Case) -> str:
    """The end of a sentence about a difference: under which condition it shows."""
    if case.under is None or not case.under.moves:
        return ""
    return " when memory that nobody wrote holds other bytes, or arrays lie elsewhere"


def stray_access(case: Case, replayed: Callable[[Case], Finding | Ended | None]) -> str:
    """What a crash next to a closed page was about; "" if it was none."""
    under = case.under
    if under is None or not under.moves:
        return ""
    end = "beyond its end" if under.kind == "end" else "before its start"
    for name in _arrays(case):
        alone = case.run_under(replace(under, only=name))
        if _by_signal(replayed(alone)):
            readable = case.run_under(replace(under, only=name, readable=True))
            did = "written" if _by_signal(replayed(readable)) else "read"
            return f"memory outside of {name} was {did}, {end}"
    return ""


def _by_signal(end: Finding | Ended | None) -> bool:
    return isinstance(end, Ended) and end.side == "c" and end.how.startswith("signal")


def _arrays(case: Case) -> Iterator[str]:
    for name, value in case.values.items():
        if isinstance(value, np.ndarray | list | tuple | dict):
            yield name
