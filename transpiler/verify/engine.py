"""The search for a difference: draw inputs, run both sides, compare, keep what teaches something.

Runs in a forked child of the worker (`search`), which reports a summary or a finding; findings are
replayed in fresh children by `supervise.py` before anybody is told.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from loopwright.verify.accuracy import Judge
from loopwright.verify.compare import Difference
from loopwright.verify.constants import Constants
from loopwright.verify.coverage import Coverage
from loopwright.verify.draw import Case, Style, draw_case, redraw
from loopwright.verify.kinds import Parameter
from loopwright.verify.observe import Observation
from loopwright.verify.sandbox import Board
from loopwright.verify.shrink import shrink
from loopwright.verify.values import Source

_POOL = 64
_TRACED = 60
_TRACED_BYTES = 20_000
_SHRINK_SECONDS = 1.0


@dataclass
class Run:
    """One side's observations for one case: one per call of the script.

    `accepted`: the kernel itself ran (candidate of a region), or the original returned (functions).
    `covers`: the lines that ran count as reached.
    """

    steps: list[Observation]
    accepted: bool
    covers: bool = True

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
    strict: bool
    hang_counts: bool
    "a candidate that does not return where the original did is a difference"

    def original(self, case: Case, limit: float) -> Run: ...

    def candidate(self, case: Case, limit: float, expected: Run) -> Run: ...

    def given(self) -> Sequence[Case]:
        """Cases to run first: recorded samples, examples."""
        ...

    def scripts(self, number: int) -> Sequence[str]:
        """What callers may do, most usual first."""
        ...

    def outside(self, source: Source, case: Case) -> Case:
        """Now and then a case just outside the domain, to see that it is turned away."""
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
    """What a search saw. `clean` is False once a call was cut off, so that states may differ."""

    inputs: int = 0
    accepted: int = 0
    discarded: int = 0
    labels: set[str] = field(default_factory=set)
    sizes: set[int] = field(default_factory=set)
    missed: tuple[tuple[str, int], ...] = ()
    clean: bool = True
    seconds: float = 0.0
    finding: Finding | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Limits of a search; `deadline` and `enough` are times of time.monotonic.

    `call_limit` is the longest call of the original, `patience` of the candidate, in seconds,
    and `first` of the candidate before its first success: it may have to load or compile.
    The search ends at `enough` if it accepted `wanted` inputs and reached every line, else at `deadline`.
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


def first_difference(
    pair: Pair, judge: Judge, case: Case, a: Run, b: Run
) -> tuple[int, Difference] | None:
    """The first step at which two runs differ, by the judge's rules."""
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


def _modest(case: Case) -> bool:
    """True if no integer of the case is so large that a slower algorithm would not end."""
    return all(abs(v) <= 10_000 for v in case.values.values() if type(v) is int)


def _small(case: Case) -> bool:
    """True if tracing a call on `case` takes no long time."""
    case.fresh()
    return len(case.data) < _TRACED_BYTES


class Search:
    """One search in one process."""

    def __init__(self, pair: Pair, judge: Judge, plan: Plan, board: Board) -> None:
        self.pair = pair
        self.judge = judge
        self.plan = plan
        self.board = board
        self.source = Source(plan.seed, pair.constants)
        self.pool: list[Case] = []
        self.summary = Summary()
        self.history: list[Case] = []
        self.cut_off = 0
        self.loading = 0.0
        "seconds that the candidate's calls took before its first success: loading, compiling"
        self.drawn = self.drawn_accepted = 0
        self.begun = time.monotonic()

    def run(self) -> Summary:
        """Search until the plan's limits or the first difference."""
        for case in self._cases():
            found = self._try(case)
            if found is not None:
                self.summary.finding = self._shrunk(case, *found)
                break
            if self._done():
                break
            self.board.count(self.summary.inputs, self.summary.accepted)
        if self.summary.finding is None:
            late = self.judge.conclude()
            if late is not None:
                case, step, difference = late
                self.summary.finding = Finding(case, case, difference, step, [])
        self.summary.missed = self.pair.coverage.missed
        self.summary.seconds = time.monotonic() - self.begun
        return self.summary

    def warm(self) -> float:
        """Run inputs until the candidate accepted one, or 60; the seconds that it took till then."""
        for case in self._cases():
            if self.summary.inputs >= 60 or self._try(case) is not None or self.summary.accepted:
                break
        return self.loading

    def _done(self) -> bool:
        now, seen = time.monotonic() - self.loading, self.summary
        if now > self.plan.deadline or seen.inputs >= 20 * self.plan.most:
            return True
        content = seen.accepted >= self.plan.wanted and not self.pair.coverage.missed
        return content and (now > self.plan.enough or seen.inputs >= self.plan.most)

    # ------------------------------------------------------------- inputs

    def _cases(self) -> Iterator[Case]:
        yield from self.pair.given()
        number = 0
        while True:
            number += 1
            yield self._scripted(self._draw(number), number)

    def _draw(self, number: int) -> Case:
        s, style = self.source, self._style(number)
        accepting = self.drawn_accepted > 0.4 * self.drawn
        if self.pool and number > 20 and s.chance(0.3 if accepting else 0.65):
            return redraw(s, self.pair.parameters, style, s.py.choice(self.pool))
        case = draw_case(s, self.pair.parameters, style)
        case.labels |= {"drawn"}
        return self.pair.outside(s, case) if number > 20 else case

    def _style(self, number: int) -> Style:
        s = self.source
        tall = 0.05 if self.cut_off >= 3 else 1.0
        if number <= 30:
            return Style(wild=0.05, reach=0, together=0.8, layout=0.05, tall=tall)
        reach = s.py.choice((0, 0, 1, 1, 1, 2)) if not self.plan.tame else 0
        if number > 150 and not self.plan.tame and s.chance(0.02):
            reach = 3
        return Style(
            wild=s.py.choice((0.0, 0.05, 0.1, 0.25, 0.6)),
            reach=reach,
            together=s.py.choice((0.0, 0.5, 0.8, 1.0)),
            alias=s.py.choice((0.0, 0.0, 0.3, 0.8)),
            layout=s.py.choice((0.0, 0.1, 0.5)),
            tall=tall,
        )

    def _scripted(self, case: Case, number: int) -> Case:
        scripts = self.pair.scripts(number)
        if len(scripts) > 1 and self.source.chance(0.3):
            return replace(case, script=self.source.py.choice(scripts[1:]), data=b"")
        return case

    # ---------------------------------------------------------------- runs

    def _try(self, case: Case) -> tuple[int, Difference] | None:
        seen = self.summary
        seen.inputs += 1
        watched = seen.inputs <= _TRACED or (seen.inputs % 6 == 0 and _small(case))
        a, b = self._both(case, watched)
        if len(self.history) < 500:
            self.history.append(case)
        if b is None or not a.usable or not b.usable:
            seen.discarded += 1
            self.cut_off += 1
            seen.clean = False
            return None if b is None else first_difference(self.pair, self.judge, case, a, b)
        accepted = a.accepted and b.accepted
        covers = watched and a.covers and b.covers
        fresh = self.pair.coverage.keep(self.pair.coverage.now) if covers else False
        self._learn(case, accepted, fresh)
        return first_difference(self.pair, self.judge, case, a, b)

    def _both(self, case: Case, watched: bool) -> tuple[Run, Run | None]:
        left = max(0.05, self.plan.deadline - time.monotonic())
        limit = min(max(0.05, self.plan.call_limit / (1 + self.cut_off)), left)
        case.fresh()
        lines = set()
        if watched:
            with self.pair.coverage.watch() as lines:
                self.board.post("o", case.data)
                a = self.pair.original(case, limit)
        else:
            self.board.post("o", case.data)
            a = self.pair.original(case, limit)
        if not a.usable:
            self.board.post("-", b"")
            return a, None
        # A slower candidate is no difference: it gets much more time than the original took.
        limit = min(max(limit, 1000 * a.seconds), self.plan.patience)
        if not self.summary.accepted:
            limit = self.plan.first
        self.board.post("c", case.data)
        begun = time.monotonic()
        if watched:
            with self.pair.coverage.watch() as more:
                b = self.pair.candidate(case, limit, a)
            self.pair.coverage.now = lines | more
        else:
            b = self.pair.candidate(case, limit, a)
        self.board.post("-", b"")
        if not self.summary.accepted:
            self.loading += time.monotonic() - begun
        return a, b

    def _learn(self, case: Case, accepted: bool, fresh: bool) -> None:
        if "drawn" in case.labels:
            self.drawn += 1
            self.drawn_accepted += accepted
        if fresh and not accepted:
            self.pool.append(case)
        if not accepted:
            return
        self.summary.accepted += 1
        self.summary.labels |= case.labels - {"drawn"}
        self.summary.sizes.update(case.env.values())
        if fresh:
            self.pool.append(case)
        elif len(self.pool) < _POOL:
            if self.source.chance(0.3):
                self.pool.append(case)
        elif self.source.chance(0.1):
            self.pool[self.source.py.randrange(_POOL)] = case

    # ------------------------------------------------------------- findings

    def _shrunk(self, case: Case, step: int, difference: Difference) -> Finding:
        last = [(step, difference)]

        def fails(simpler: Case) -> bool:
            a, b = self._both(simpler, False)
            if b is None:
                return False
            found = first_difference(self.pair, self.judge, simpler, a, b)
            if found is not None:
                last[0] = found
            return found is not None

        self.judge.start_shrinking()
        left = min(_SHRINK_SECONDS, 0.5 * (self.plan.deadline - time.monotonic()))
        if difference.what == "outcome" and "in time" in difference.got:
            left = 0.0
        small = shrink(case, self.pair.parameters, fails, time.perf_counter() + max(left, 0.1))
        history = [] if self.pair.hang_counts else self.history[:-1]
        return Finding(case, small, last[0][1], last[0][0], history)


def replay(
    pair: Pair, judge: Judge, cases: Sequence[Case], limit: float, board: Board
) -> Finding | None:
    """Run `cases` in order in this process; the first difference as a finding."""
    for number, case in enumerate(cases):
        case.fresh()
        board.post("o", case.data)
        a = pair.original(case, limit)
        if not a.usable:
            board.post("-", b"")
            continue
        board.post("c", case.data)
        b = pair.candidate(case, limit, a)
        board.post("-", b"")
        found = first_difference(pair, judge, case, a, b)
        if found is not None:
            return Finding(case, case, found[1], found[0], list(cases[:number]))
    return None
