"""Mutants on trial: each is run on one input after the other until one tells it from the original.

In forked children, so that a mutant which crashes or hangs costs one child: it is killed. A table that
both processes see holds what became of each.
"""

from __future__ import annotations

import mmap
import resource
import time
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from loopwright.verify.accuracy import Judge
from loopwright.verify.case import Case
from loopwright.verify.coverage import Coverage, future_flags
from loopwright.verify.engine import Pair
from loopwright.verify.mutate.bench import Bench, owner_of
from loopwright.verify.mutate.mutants import Mutant, Reach, Source, fingerprint, reach_of, spread
from loopwright.verify.mutate.subject import Subject
from loopwright.verify.rounds import BOLD, Round, cases
from loopwright.verify.sandbox import Board, Ended, Finished, in_fork

UNTRIED, RUNNING, KILLED, SURVIVED, ASIDE, NONE = range(6)
"""What becomes of a mutant. `ASIDE`: it differs in nothing but that it steps aside on more inputs, which a
kernel may, or by no more than the accuracy that was asked for admits; `NONE`: it is the same code as before,
or no code."""
MADE = (KILLED, SURVIVED, ASIDE)

_STUCK = 1.0
"Seconds that one call may stay in native code."
_CHILDREN = 16
_FAILED = "exit code 3"
"How a child ends in which something raised that is no mutant."
_BASE, _LEAST = 0.25, 0.2
"""Of the time: what the unchanged code may take in each process, and what mutants get behind it, whatever is
left."""
_NEAR = 0.5
"""How many of the inputs that are drawn anew are changes of the kept ones."""
_SETTINGS = settings(
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
)

Table = mmap.mmap
Work = Callable[[Bench, Table, float], bool]
"""Tries mutants and fills the table until so many CPU seconds are spent; whether it is done. The last byte
tells that inputs were left out, so that less was reached than could be."""


class _Over(BaseException):
    """Ends a round of Hypothesis from within."""


@dataclass
class Trials:
    """Mutants of one subject, tried on the inputs that a search kept. `seconds` of CPU time are spent, and
    none after `deadline` (time.monotonic). `all`: also those of code that no input reaches."""

    pair: Pair
    subject: Subject
    accuracy: str
    cases: Sequence[Case]
    seconds: float
    deadline: float
    seed: int = 0
    all: bool = False

    def __post_init__(self) -> None:
        self.sources = {file: Source(text, file) for file, text in self.subject.texts.items()}
        self.functions = {(f.__code__.co_filename, owner_of(f)): f for f in self.subject.functions}
        self._begun = _spent_by_children()
        self._bad: set[int] = set()
        self.unfinished = False
        """Whether the time was over before every fate that was asked for was known."""

    @property
    def mutants(self) -> list[Mutant]:
        """Every mutant of the subject, in an order of which each beginning is spread over all of it."""
        found = [
            mutant
            for file, source in self.sources.items()
            for owner in source.functions
            if (file, owner) in self.functions
            for mutant in source.mutants(owner)
        ]
        return spread(found, self.seed)

    # ---------------------------------------------------------------- phases

    def on_kept(self, mutants: Sequence[Mutant], most: int) -> list[int]:
        """The fates of the mutants on the kept inputs; at most `most` of them are made."""

        def work(bench: Bench, table: Table, share: float) -> bool:
            order, coverage = bench.reached(_BASE * self.seconds)
            table[-1] = table[-1] or bench.hurried
            until = max(share, time.process_time() + _LEAST * self.seconds)
            reach = self._reach(coverage)
            seen: set[object] = set()
            first = True
            for number, mutant in enumerate(mutants):
                if table[number] != UNTRIED:
                    continue
                if sum(fate in MADE for fate in table[:-1]) >= most or time.process_time() > until:
                    break
                table[number] = RUNNING
                code = self._code(mutant, seen) if self._covers(reach, mutant) else None
                fate = NONE if code is None else self._fate(bench, mutant, code, order)
                sound = fate != KILLED or bench.sound(order[0], self.cases[order[0]])
                table[number] = fate if sound or first else UNTRIED
                if not sound:
                    return False
                first = first and fate == NONE
            return True

        fates = self._in_children(work, len(mutants))
        if sum(fate in MADE for fate in fates) < most:
            self.unfinished = self.unfinished or UNTRIED in fates
        return fates

    def on_fresh(self, mutants: Sequence[Mutant], most: int) -> list[int]:
        """The fates of the mutants on `most` inputs drawn anew."""

        def work(bench: Bench, table: Table, share: float) -> bool:
            codes = [self._code(mutant, set()) for mutant in mutants]
            judges = [bench.judge() for _ in mutants]
            drawn: list[Case] = []

            def visit(case: Case) -> None:
                k = len(self.cases) + len(drawn)
                drawn.append(case)
                if len(drawn) > most or time.process_time() > share:
                    raise _Over
                if bench.unchanged(k, case) is None:
                    return
                for at, (mutant, code) in enumerate(zip(mutants, codes, strict=True)):
                    if code is not None and table[at] in (UNTRIED, SURVIVED):
                        table[at] = RUNNING
                        with _changed(self._function(mutant), code):
                            shown = bench.shows(k, case, judges[at])
                        killed = shown and bench.sound(k, case)
                        table[at] = KILLED if killed else SURVIVED

            self._draw(visit, most)
            return True

        fates = self._in_children(work, len(mutants))
        self.unfinished = self.unfinished or UNTRIED in fates
        return fates

    def _fate(self, bench: Bench, mutant: Mutant, code: types.CodeType, order: list[int]) -> int:
        """The fate of one mutant; the input that killed it comes first in `order` from now on."""
        judge: Judge = bench.judge()
        aside = ran = bench.permitted = False
        with _changed(self._function(mutant), code):
            for at, k in enumerate(order):
                shown = bench.shows(k, self.cases[k], judge)
                if shown:
                    order.insert(0, order.pop(at))
                    return KILLED
                aside = aside or shown is None
                ran = ran or (shown is False and bench.accepted(k))
        if judge.conclude() is not None or (aside and not ran):
            return KILLED
        return ASIDE if aside or bench.permitted else SURVIVED

    def _code(self, mutant: Mutant, seen: set[object]) -> types.CodeType | None:
        """The code of a mutant, if it is one, fits, and is not among `seen`."""
        source, function = self.sources[mutant.file], self._function(mutant)
        flags = future_flags(function.__code__)
        code, before = (source.code(mutant.owner, flags, edit) for edit in (mutant.edit, None))
        if code is None or before is None or code.co_freevars != function.__code__.co_freevars:
            return None
        known = fingerprint(code)
        if known in seen or known == fingerprint(before):
            return None
        seen.add(known)
        return code

    def _reach(self, coverage: Coverage) -> dict[str, Reach]:
        """What inputs reached, by file."""
        goals = coverage.goals
        return {
            file: reach_of(
                [goal for goal in goals.values() if goal.file == file],
                [goals[n] for n in coverage.reached if goals[n].file == file],
            )
            for file in self.sources
        }

    def _covers(self, reach: dict[str, Reach], mutant: Mutant) -> bool:
        function = self.sources[mutant.file].functions[mutant.owner][0]
        return self.all or reach[mutant.file].covers(function, mutant.edit)

    def _function(self, mutant: Mutant) -> types.FunctionType:
        return self.functions[mutant.file, mutant.owner]

    # --------------------------------------------------------------- children

    def _bench(self, board: Board) -> Bench:
        return Bench(self.pair, self.subject, self.accuracy, self.cases, board, self._bad)

    def _in_children(self, work: Work, count: int) -> list[int]:
        """Run `work` in one child after the other until it ends by itself; what the table holds then.

        Whatever ran when a child ended badly is killed.
        """
        table = mmap.mmap(-1, count + 1)
        for _ in range(_CHILDREN):
            before = bytes(table[:])
            spent = _spent_by_children() - self._begun
            left = max(self.seconds - spent, _LEAST * self.seconds)
            end = in_fork(
                lambda board: work(self._bench(board), table, left),  # noqa: B023
                deadline=self.deadline,
                stuck_after=_STUCK,
            )
            running = [at for at in range(count) if table[at] == RUNNING]
            for at in running:
                table[at] = NONE if isinstance(end, Ended) and end.how == _FAILED else KILLED
            if time.monotonic() >= self.deadline:
                for at in running:  # the time was over, which says nothing
                    table[at] = UNTRIED
                break
            if isinstance(end, Ended) and end.case:
                self._bad.add(int(end.case))
                continue
            if bytes(table[:]) == before or (isinstance(end, Finished) and end.value):
                break
        self.unfinished = self.unfinished or bool(table[-1])
        return list(table[:count])

    def _draw(self, visit: Callable[[Case], None], most: int) -> None:
        """Show inputs to `visit`, until it raises _Over."""
        pool = tuple(self.cases)
        drawn_from = Round(
            self.pair.parameters, self.pair.constants, BOLD, self.pair.scripts(), 0.0, pool, _NEAR
        )

        @seed(self.seed)
        @settings(_SETTINGS, max_examples=most + 1)
        @given(cases(drawn_from))
        def draw(case: Case) -> None:
            visit(case)

        try:
            draw()
        except _Over:
            return


class _changed:
    """Another code in a function, while the block runs."""

    def __init__(self, function: types.FunctionType, code: types.CodeType) -> None:
        self.function, self.code, self.before = function, code, function.__code__

    def __enter__(self) -> None:
        self.function.__code__ = self.code

    def __exit__(self, *_: object) -> None:
        self.function.__code__ = self.before


def _spent_by_children() -> float:
    """CPU seconds of the children that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
