"""The search for a difference: Hypothesis draws inputs, both sides run, what teaches something is kept.

Runs in a forked child of the worker, which reports a summary or a finding; findings are replayed in
fresh children by `supervise.py` before anybody is told.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, Phase, Verbosity, example, given, seed, settings
from hypothesis.errors import Flaky

from loopwright.verify.accuracy import Judge
from loopwright.verify.aim import Aim
from loopwright.verify.cancel import Cancel
from loopwright.verify.case import Case
from loopwright.verify.clock import Stopwatch
from loopwright.verify.compare import Difference
from loopwright.verify.conditions import Condition
from loopwright.verify.engine import Finding, Pair, Plan, Run, Summary, first_difference
from loopwright.verify.rounds import EXAMPLES, Learnt, Round, cases, kept
from loopwright.verify.sandbox import Board
from loopwright.verify.shrink import shrink
from loopwright.verify.unreached import unreached

_WATCHED = 60
_WATCHED_BYTES = 20_000
_WATCHED_SECONDS = 0.02
"Large inputs are watched where the original took less than this on the large one before."
_SHRINK_SECONDS = 1.0
_QUIET, _QUIET_PARAMETER = 90, 15
"""Rounds without anything new after which a search is over, and more of them for each parameter beyond the
first; half a round more for each goal. Of 226 wrong rewrites none takes more than 40 rounds."""
_SHARE = 0.7
"What Hypothesis gets of them."
_SETTINGS = settings(
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    derandomize=False,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
    report_multiple_bugs=False,
    print_blob=False,
)


_GUIDED = settings(
    _SETTINGS,
    max_examples=60,
    phases=(Phase.explicit, Phase.generate, Phase.target, Phase.shrink),
)


class Differs(Exception):
    """The sides differ on this input: what Hypothesis takes for a failing test, and shrinks."""


class Enough(BaseException):
    """The search is over; not an Exception, so that it ends the run of Hypothesis, too."""


class Search:
    """One search in one process; all inputs run under a condition, if one is given."""

    def __init__(
        self, pair: Pair, judge: Judge, plan: Plan, board: Board, under: Condition | None = None
    ) -> None:
        self.pair = pair
        self.under = under
        self.judge = judge
        self.plan = plan
        self.board = board
        first = Round(pair.parameters, pair.constants)
        self.learnt = Learnt(first, pair.scripts(), pair.guarded, plan.tame)
        self.summary = Summary()
        self.aim = Aim(pair, self._aimed)
        self.history: list[Case] = []
        self.found: tuple[Case, int, Difference] | None = None
        self.small: tuple[Case, int, Difference] | None = None
        self.shrink_until = self.answer_at = 0.0
        self.cut_off = 0
        self.watch_next = False
        self.round = self.news = 0
        "the number of the round, and of the last one that brought something new"
        self.cancel = Cancel(pair)
        self.last: tuple[Case, Run, Run] | None = None
        self.large_seconds = 1.0
        self.loading = 0.0
        "seconds that the candidate's calls took before its first success: loading, compiling"
        self.watch = Stopwatch()

    def run(self) -> Summary:
        """Search until the plan's limits or the first difference."""
        self._rounds(self._compared, self.aim.before)
        self.summary.finding = self._finding()
        self.summary.doubt = self.judge.doubt
        self.summary.note = self.judge.note
        self.summary.kept = kept(self.learnt.pool, self.history)
        self.summary.missed = unreached(self.pair.coverage, self.aim.impossible)
        self.summary.seconds = self.watch.seconds
        return self.summary

    def warm(self) -> float:
        """Run inputs until the candidate accepted one, or 60; the seconds that it took till then."""

        def tried(case: Case) -> bool:
            found = self._try(case)
            if self.summary.inputs >= 60 or found is not None or self.summary.accepted:
                raise Enough
            return False

        self._rounds(tried, lambda number, pool: None)
        return self.loading

    # -------------------------------------------------------------- rounds

    def _rounds(
        self, differs: Callable[[Case], bool], before: Callable[[int, Sequence[Case]], None]
    ) -> None:
        """Run Hypothesis over one round after the other until `differs` says so or raises Enough;
        `before` is given the number of each round and the cases kept so far."""
        for number in itertools.count():
            self.round = number
            self.pair.coverage.refresh()

            @seed(self.plan.seed * 1_000_003 + number)
            @settings(_GUIDED if self.aim.guided(number) else _SETTINGS)
            @given(cases(self.learnt.next_round(self.cut_off >= 3)))
            def agree(case: Case) -> None:
                if differs(case):
                    raise Differs
                self.aim.guide()

            for case in self.pair.given() if number == 0 else ():
                agree = example(case)(agree)
            try:
                before(number, self.learnt.pool)
                agree()
            except (Differs, Flaky, Enough):
                return

    def _compared(self, case: Case) -> bool:
        if self.under is not None:
            case = case.run_under(self.under)
        if self.found is not None:
            return self._still_differs(case)
        self.pair.coverage.begin()
        self.last = None
        found = None if self.learnt.known(case) else self._try(case)
        if found is not None:
            self.found = self.small = (case, *found)
            self._start_shrinking(found[1])
            if not case.drawn:
                raise Enough
            return True
        self.board.count(self.summary.inputs, self.summary.accepted)
        if self._done() or self._hit():
            raise Enough
        return False

    def _aimed(self, case: Case) -> float:
        """Run a case that was made for a purpose; the seconds that both sides took."""
        self.watch_next = True
        begun = self.watch.seconds
        self._compared(case)
        return self.watch.seconds - begun

    def _hit(self) -> bool:
        """Whether the sides differ on an input that was made from the last one."""
        if self.last is None or self.judge.exact:
            return False
        for aimed in self.cancel.cases(*self.last):
            self.pair.coverage.begin()
            found = self._try(aimed)
            if found is not None:
                self.found = self.small = (aimed, *found)
                self._start_shrinking(found[1])
                return True
        return False

    def _done(self) -> bool:
        spent, seen = self.watch.seconds - self.loading, self.summary
        if time.monotonic() - self.loading > self.plan.deadline:
            return True
        if seen.inputs >= 20 * self.plan.most:
            return True
        if seen.accepted < self.plan.wanted:
            return spent > 2 * self.plan.enough
        if self.aim.through(self.round) and self.round - self.news > self._patience():
            return True
        if self.aim.open:  # what was aimed at for so long is out of reach
            return spent > 2 * self.plan.enough
        return spent > self.plan.enough or seen.inputs >= self.plan.most

    def _patience(self) -> int:
        """The rounds without anything new after which the search is over; more where numbers are measured."""
        more = _QUIET_PARAMETER * max(0, len(self.pair.parameters) - 1)
        rounds = _QUIET + more + len(self.pair.coverage.goals) // 2
        return rounds if self.judge.exact else 2 * rounds

    # ---------------------------------------------------------------- runs

    def _try(self, case: Case) -> tuple[int, Difference] | None:
        seen = self.summary
        seen.inputs += 1
        watched = self.watch_next or self._worth_watching(case)
        self.watch_next = False
        a, b = self._both(case, watched)
        if not watched and len(case.data) >= _WATCHED_BYTES:
            self.large_seconds = a.seconds
        if len(self.history) < 500:
            self.history.append(case)
        if b is None or not a.usable or not b.usable:
            seen.discarded += 1
            self.cut_off += 1
            seen.clean = False
            self.learnt.learn(case, False, False)
            return None if b is None else first_difference(self.pair, self.judge, case, a, b)
        accepted = a.accepted and b.accepted
        covers = watched and a.covers and b.covers
        fresh = self.pair.coverage.keep() if covers else False
        if covers:
            self.aim.note(case)
        self.learnt.learn(case, accepted, fresh)
        self.last = (case, a, b) if accepted and case.drawn else None
        if fresh or (accepted and not case.labels <= seen.labels):
            self.news = self.round
        if accepted:
            seen.accepted += 1
            seen.labels |= case.labels
            seen.sizes.update(case.env.values())
            self.plan.kept.note(case.data, seen.accepted, fresh)
        return first_difference(self.pair, self.judge, case, a, b)

    def _worth_watching(self, case: Case) -> bool:
        """True if watching a call on `case` takes no long time."""
        if self.summary.inputs <= _WATCHED:
            return True
        case.fresh()
        if len(case.data) < _WATCHED_BYTES:
            return True
        return bool(self.pair.coverage.missed) and self.large_seconds < _WATCHED_SECONDS

    def _both(self, case: Case, watched: bool) -> tuple[Run, Run | None]:
        left = max(0.05, self.plan.deadline - time.monotonic())
        limit = min(max(0.05, self.plan.call_limit / (1 + self.cut_off)), left)
        case.fresh()
        coverage = self.pair.coverage
        coverage.begin()
        watch = coverage.watch if watched else contextlib.nullcontext
        self.board.post("o", case.data)
        with watch():
            a = self.pair.original(case, limit)
        if not a.usable:
            self.board.post("-", b"")
            return a, None
        # A slower candidate is no difference: it gets much more time than the original took.
        limit = min(max(limit, 1000 * a.seconds), self.plan.patience)
        if not self.summary.accepted:
            limit = self.plan.first
        self.board.post("c", case.data)
        begun = self.watch.seconds
        with watch():
            b = self.pair.candidate(case, limit, a)
        self.board.post("-", b"")
        if not self.summary.accepted:
            self.loading += self.watch.seconds - begun
        if watched and coverage.compiled:
            with coverage.watch(uncompiled=True):
                self.pair.original(case, limit)
                self.pair.candidate(case, limit, a)
        return a, b

    # ------------------------------------------------------------- findings

    def _start_shrinking(self, difference: Difference) -> None:
        self.judge.start_shrinking()
        left = min(_SHRINK_SECONDS, 0.5 * (self.plan.deadline - time.monotonic()))
        if difference.what == "outcome" and "in time" in difference.got:
            left = 0.0
        self.shrink_until = self.watch.seconds + _SHARE * max(left, 0.1)
        self.answer_at = self.watch.seconds + max(left, 0.1)

    def _still_differs(self, case: Case) -> bool:
        """Whether the sides differ on a simpler case, too; raises Enough when it is time to answer."""
        if self.watch.seconds > self.shrink_until:
            raise Enough
        a, b = self._both(case, False)
        found = None if b is None else first_difference(self.pair, self.judge, case, a, b)
        if found is not None:
            self.small = (case, *found)
        return found is not None

    def _finding(self) -> Finding | None:
        if self.found is None or self.small is None:
            late = self.judge.conclude()
            if late is None:
                return None
            case, step, difference = late
            return Finding(case, case, difference, step, [])
        self.shrink_until = self.answer_at
        with contextlib.suppress(Enough):
            shrink(self.small[0], self.pair.parameters, self._still_differs)
        small, step, difference = self.small
        history = [] if self.pair.hang_counts else self.history[:-1]
        return Finding(self.found[0], small, difference, step, history)
