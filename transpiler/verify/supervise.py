"""From searches in forked children to a verdict: crashes, hangs, replays, evidence."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from loopwright.verify.accuracy import Doubt, make_judge
from loopwright.verify.case import Case
from loopwright.verify.clock import Stopwatch, longest_wait
from loopwright.verify.compare import Difference, outcome
from loopwright.verify.conditions import Condition
from loopwright.verify.engine import Finding, Pair, Plan, Run, Summary, replay
from loopwright.verify.hazards import Hazards, stray_access, where_it_shows
from loopwright.verify.kept import Kept
from loopwright.verify.mutate.gate import gauge
from loopwright.verify.rounds import warm_up
from loopwright.verify.sandbox import Ended, Finished, in_fork
from loopwright.verify.search import Search
from loopwright.verify.unreached import LISTED
from loopwright.verify.verdict import Counterexample, Evidence, Verdict, undecided

_ATTEMPTS = 6
_WATCHING, _WATCHED = 2.0, 300
"Seconds of work and inputs for a first look at parallel loops."

Show = Callable[[Sequence[Case], Case], str]


@dataclass
class Supervisor:
    """One verification in a worker process.

    `show(before, case)` renders calls as a runnable program; `stuck_after` is the longest time in
    seconds that a call may stay in native code; `last_moment` (time.monotonic) ends everything.
    `gauge_seconds` of CPU time are for mutants, after a search that found nothing.
    """

    pair: Pair
    accuracy: str
    plan: Plan
    show: Show
    last_moment: float
    stuck_after: float = 4.0
    notes: list[str] = field(default_factory=list)
    unreached_undecides: bool = False
    gauge_seconds: float = 1.0
    total: Summary = field(default_factory=Summary)

    def run(self) -> Verdict:
        """Search, confirm what was found, and answer."""
        warm_up()
        return self._races() or self._search()

    def _races(self) -> Verdict | None:
        """A race that shows when the text of parallel loops runs as Python: that needs no compiler."""
        if "order" not in self.pair.conditions():
            return None
        plan = replace(self.plan, enough=_WATCHING, most=_WATCHED, kept=Kept())
        judge = make_judge("bitwise", self.pair)
        under = Condition("order")
        end = in_fork(
            lambda board: Search(self.pair, judge, plan, board, under).run(),
            deadline=min(time.monotonic() + longest_wait(_WATCHING), self.last_moment),
            stuck_after=self.stuck_after,
        )
        if not isinstance(end, Finished) or end.value.finding is None:
            return None
        self._add(end.value)
        return self._confirm(end.value.finding)

    def _search(self) -> Verdict:
        plan = self.plan
        watch = Stopwatch()
        for attempt in range(_ATTEMPTS):
            left = max(1.0, self.plan.enough - watch.seconds)
            plan = replace(plan, seed=self.plan.seed + attempt, enough=left)
            judge = make_judge(self.accuracy, self.pair)
            search_plan = plan
            end = in_fork(
                lambda board: Search(self.pair, judge, search_plan, board).run(),  # noqa: B023
                deadline=min(plan.deadline + 0.2 + plan.first, self.last_moment),
                stuck_after=self.stuck_after,
            )
            if isinstance(end, Finished):
                self._add(end.value)
                if end.value.finding is None:
                    break
                verdict = self._confirm(end.value.finding)
            else:
                verdict = self._ended(end)
                plan = replace(plan, tame=True)
            if verdict is not None:
                return verdict
            if time.monotonic() > plan.deadline:
                break
        return self._hazards() or self._conclude()

    def _hazards(self) -> Verdict | None:
        """A difference that shows under other circumstances only (`hazards.py`)."""
        found = Hazards(self.pair, self.accuracy, self.plan, self.last_moment).search(self.total)
        self.notes += found.notes
        if found.finding is not None:
            return self._confirm(found.finding)
        return None if found.crash is None else self._ended(found.crash)

    def _add(self, more: Summary) -> None:
        t = self.total
        t.inputs += more.inputs
        t.accepted += more.accepted
        t.discarded += more.discarded
        t.labels |= more.labels
        t.sizes |= more.sizes
        t.missed = more.missed
        t.seconds += more.seconds
        t.kept = more.kept or t.kept
        t.doubt = t.doubt or more.doubt
        if more.note:
            self.notes.append(more.note)

    # ------------------------------------------------------------ answers

    def evidence(self) -> Evidence:
        t = self.total
        classes = sorted(t.labels)
        if t.sizes:
            classes.insert(0, f"lengths {min(t.sizes)} to {max(t.sizes)}")
        unreached = tuple(missed.what for missed in t.missed[:LISTED])
        note = "; ".join(dict.fromkeys(self.notes))
        return Evidence("tested", t.inputs, t.accepted, t.seconds, tuple(classes), unreached, note)

    def _conclude(self) -> Verdict:
        evidence = self.evidence()
        if evidence.accepted < self.plan.wanted:
            return undecided(
                f"only {evidence.accepted} of {evidence.inputs} inputs were meaningful; "
                f"{self.plan.wanted} are needed",
                evidence,
            )
        if self.total.doubt is not None:
            return self._doubted(self.total.doubt)
        open_ends = [missed.what for missed in self.total.missed if not missed.excused]
        if open_ends and self.unreached_undecides:
            named = "; ".join(open_ends[:LISTED])
            return undecided(f"some code was not reached: {named}", evidence)
        return self._gauged(evidence)

    def _gauged(self, evidence: Evidence) -> Verdict:
        """`same`, if the search would have noticed small faults in the candidate."""
        seen = gauge(
            self.pair, self.accuracy, self.total.kept, self.gauge_seconds, self.last_moment,
            self.plan.seed,
        )  # fmt: skip
        notes = "; ".join(note for note in (evidence.note, seen.note) if note)
        evidence = replace(
            evidence, note=notes, mutants=seen.mutants, killed=seen.killed,
            equivalent=seen.equivalent, survived=seen.survived,
        )  # fmt: skip
        if seen.vacuous:
            return replace(undecided(seen.vacuous, evidence), vacuous=True)
        return Verdict("same", evidence)

    def _different(
        self, before: Sequence[Case], case: Case, a: str, b: str, d: Difference
    ) -> Verdict:
        example = Counterexample(self.show(before, case), a, b, d.path, d.expected, d.got)
        reason = d.reason or f"{d.what} differs at {d.path}{where_it_shows(case)}"
        return Verdict("different", self.evidence(), example, reason)

    def _doubted(self, doubt: Doubt) -> Verdict:
        d = doubt.difference
        example = Counterexample(
            self.show([], doubt.case), d.expected, d.got, d.path, d.expected, d.got
        )
        return Verdict("undecided", self.evidence(), example, f"{doubt.why}, at {d.path}")

    # ------------------------------------------------------------- replays

    def _replay(self, cases: Sequence[Case]) -> Finding | Ended | None:
        judge = make_judge(self.accuracy, self.pair)
        limit = max(self.plan.patience, self.plan.first)
        end = in_fork(
            lambda board: replay(self.pair, judge, cases, limit, board),
            deadline=self.last_moment,
            stuck_after=self.stuck_after,
        )
        return end.value if isinstance(end, Finished) else end

    def _confirm(self, finding: Finding) -> Verdict | None:
        """The difference again, in a process that has seen nothing else; None if it does not show."""
        if finding.difference.what.startswith(("accuracy (", "hazard")):
            return self._say(finding, [])
        for case in (finding.small, finding.case):
            verdict = self._judge_replay([], case)
            if verdict is not None:
                return verdict
        for length in _suffixes(len(finding.history)):
            verdict = self._judge_replay(finding.history[-length:], finding.case)
            if verdict is not None:
                return verdict
        return self._unsteady(finding)

    def _judge_replay(self, before: Sequence[Case], case: Case) -> Verdict | None:
        got = self._replay([*before, case])
        if isinstance(got, Ended):
            return self._crash(got, before) if got.side == "c" else None
        if got is None:
            return None
        if not self._steady([*before, case]):
            return undecided("the original gives another result on each run", self.evidence())
        return self._say(got, before)

    def _say(self, finding: Finding, before: Sequence[Case]) -> Verdict:
        under = finding.case.under
        as_python = under is not None and under.kind == "order"  # to compile it may take long
        plain = finding.case
        if finding.difference.reason and not as_python:
            plain = plain.run_under(None)
        a, b = self._outcomes([*before, plain], finding.step)
        return self._different(before, finding.case, a, b, finding.difference)

    def _outcomes(self, cases: Sequence[Case], step: int) -> tuple[str, str]:
        def both(board: object) -> tuple[str, str]:
            texts = ("", "")
            for case in cases:
                a = self.pair.original(case, self.plan.patience)
                b = self.pair.candidate(case, max(self.plan.patience, self.plan.first), a)
                pair = (a.steps[min(step, len(a.steps) - 1)], b.steps[min(step, len(b.steps) - 1)])
                texts = (outcome(pair[0]), outcome(pair[1]))
            return texts

        end = in_fork(both, deadline=self.last_moment, stuck_after=self.stuck_after)
        return end.value if isinstance(end, Finished) else ("", "")

    def _steady(self, cases: Sequence[Case]) -> bool:
        """True if the original, run twice from the start, does the same."""

        def alone(board: object) -> list[Run]:
            runs = [self.pair.original(case, self.plan.patience) for case in cases]
            for run in runs:
                for step in run.steps:
                    step.value = None
            return runs

        ends = [
            in_fork(alone, deadline=self.last_moment, stuck_after=self.stuck_after)
            for _ in range(2)
        ]
        if not all(isinstance(end, Finished) for end in ends):
            return True
        judge = make_judge("bitwise", self.pair)
        first, second = (end.value for end in ends if isinstance(end, Finished))
        return not any(
            judge.compare(case, 0, x, y, strict=False) is not None
            for case, a, b in zip(cases, first, second, strict=True)
            for x, y in zip(a.steps, b.steps, strict=False)
            if x.usable and y.usable
        )

    def _unsteady(self, finding: Finding) -> Verdict | None:
        """A difference that does not show again: is it the original or the candidate that varies?"""
        if not self._steady([finding.case]):
            return undecided("the original gives another result on each run", self.evidence())
        got = self._replay([finding.case] * 20)
        if isinstance(got, Finding):
            self.notes.append("the candidate does not differ on every run of this input")
            return self._say(got, [])
        self.notes.append("one difference did not show again and was set aside")
        return None

    # -------------------------------------------------------------- crashes

    def _ended(self, end: Ended) -> Verdict | None:
        self.total.inputs += end.counts[0]
        self.total.accepted += end.counts[1]
        if end.side != "c" or not end.case:
            if end.side == "o":
                self.notes.append(f"the original itself ended by {end.how} on an input; left out")
            return None
        case = Case.from_data(end.case)
        again = self._replay([case])
        if isinstance(again, Ended) and again.side == "c":
            return self._crash(again, [])
        if isinstance(again, Finding):
            return self._say(again, [])
        self.notes.append(f"the candidate ended by {end.how} once, not again on the same input")
        return None

    def _crash(self, end: Ended, before: Sequence[Case]) -> Verdict:
        if end.how == "hang" and time.monotonic() >= self.last_moment:
            return undecided(
                "there was no time to confirm that a call did not return", self.evidence()
            )
        case = Case.from_data(end.case)
        a = self._original_outcome([*before, case])
        did = "did not return" if end.how == "hang" else f"the process ended: {end.how}"
        stray = stray_access(case, lambda other: self._replay([*before, other]))
        difference = Difference("outcome", "an answer", did, "outcome", stray)
        return self._different(before, case, a, did, difference)

    def _original_outcome(self, cases: Sequence[Case]) -> str:
        def alone(board: object) -> str:
            runs = [self.pair.original(case, self.plan.patience) for case in cases]
            return outcome(runs[-1].steps[-1])

        end = in_fork(alone, deadline=self.last_moment, stuck_after=self.stuck_after)
        return str(end.value) if isinstance(end, Finished) else "returns or raises"


def _suffixes(length: int) -> list[int]:
    sizes = [1, 2, 4, 16, 64, length]
    return sorted({n for n in sizes if 0 < n <= length})
