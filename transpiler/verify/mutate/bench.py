"""Inputs on which mutants are tried, and the judgement whether one of them was noticed.

In a forked child: what mutants leave behind, crash or hang ends with it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from types import FunctionType

from loopwright.verify.accuracy import Judge, Truth, make_judge
from loopwright.verify.case import Case
from loopwright.verify.compare import bitwise, compare, relative
from loopwright.verify.coverage import Coverage
from loopwright.verify.engine import Pair, Run
from loopwright.verify.faithful import Faithful
from loopwright.verify.mutate.subject import State, Subject
from loopwright.verify.reachable import Reachable
from loopwright.verify.sandbox import Board

SLOWER, MORE = 20.0, 0.02
"""A mutant may take so many times as long as the code that it was made of, and so many seconds more."""
_LONGEST = 0.5
"""Inputs on which either side takes longer, in seconds, are left out."""
_QUICK = 0.3
"""Quick inputs come first: those that take less than this part of the time for the unchanged code."""
_FEWEST, _APART = 5, 4
"""Inputs that are tried in any case; those that are tried first are spread over all sizes."""
_COARSE = relative(1e-3, atol=1e-9)
_MEASURED, _MEASURING = 8, 0.1
"""Inputs on which errors are measured, and the CPU seconds after which no other one is; the others show what
is more than rounding."""


@dataclass
class Bench:
    """`cases` are the inputs, `bad` the numbers of those on which the unchanged code ended a process; `board`
    tells the parent what runs, by number. One in each process."""

    pair: Pair
    subject: Subject
    accuracy: str
    cases: Sequence[Case]
    board: Board
    bad: Set[int]
    runs: dict[int, tuple[Run, Run] | None] = field(default_factory=dict)
    "By case: both sides unchanged; None if the case is of no use."

    def __post_init__(self) -> None:
        self.subject.prepare()
        every = [f for side in self.pair.sides for f in side.functions]
        self.state = State([*every, *self.subject.functions])
        self.running = b""
        self.longest = _LONGEST
        self.hurried = False
        self.permitted = False
        "whether a change showed that the accuracy asked for admits"
        judge = make_judge(self.accuracy, self.pair)
        self.memory = _Remembered(judge) if isinstance(judge, Faithful) else None

    # ---------------------------------------------------------------- runs

    def reached(self, seconds: float) -> tuple[list[int], Coverage]:
        """The cases that are of use, and what they reach in the code to be mutated; so many as take
        `seconds` of CPU time, and some in any case. `hurried` tells that there were more."""
        coverage = Coverage([Reachable(list(self.subject.functions))], self.subject.texts)
        useful: list[int] = []
        spread = [k for first in range(_APART) for k in range(first, len(self.cases), _APART)]
        for self.longest in (_QUICK * seconds, _LONGEST):
            for k in spread:
                if time.process_time() > seconds and len(useful) >= _FEWEST:
                    self.hurried = True
                    break
                coverage.begin()
                coverage.refresh()
                with coverage.watch():
                    pair = self.unchanged(k, self.cases[k])
                if pair is not None and (pair[1].covers or self.subject.original):
                    coverage.keep()
                    useful.append(k)
            if len(useful) >= _FEWEST:
                break
        return sorted(dict.fromkeys(useful)), coverage

    def unchanged(self, k: int, case: Case) -> tuple[Run, Run] | None:
        """What the other side and the code under test do; None where that says nothing."""
        self.running = str(k).encode()
        self.runs[k] = found = None if k in self.bad else self._unchanged(case)
        self.running = b""
        return found

    def _unchanged(self, case: Case) -> tuple[Run, Run] | None:
        other = self._other(case)
        if not other.usable:
            return None
        run = self.play(case, self.longest, other)
        agree = run.usable and not self.noticed(case, other, run)
        return (other, run) if agree else None

    def _other(self, case: Case) -> Run:
        self.state.restore()
        self.board.post("o", self.running)
        if not self.subject.original:
            return self.pair.original(case, self.longest)
        return self.pair.candidate(case, _LONGEST, self.pair.original(case, self.longest))

    def play(self, case: Case, limit: float, other: Run) -> Run:
        """The code under test, as it is now."""
        self.state.restore()
        self.board.post("c", self.running)
        return self.subject.play(case, limit, other)

    def accepted(self, k: int) -> bool:
        """Whether the code as it was ran on a case to its end."""
        pair = self.runs[k]
        return pair is not None and pair[1].accepted

    def sound(self, k: int, case: Case) -> bool:
        """Whether the code does on a case what it did before: the last mutant left nothing behind."""
        pair = self.runs[k]
        if pair is None:
            return True
        run = self.play(case, _LONGEST, pair[0])
        return not self.noticed(case, pair[0], run)

    # ------------------------------------------------------------ judgement

    def judge(self) -> Judge:
        """A judge that has seen nothing."""
        if self.memory is None:
            return make_judge(self.accuracy, self.pair)
        return Faithful(self.pair, self.memory)

    def shows(self, k: int, case: Case, judge: Judge) -> bool | None:
        """Whether a case tells the code as it is now from what it was; None if it steps aside there.

        The case was run unchanged before.
        """
        pair = self.runs[k]
        if pair is None:
            return False
        other, before = pair
        run = self.play(case, SLOWER * max(before.seconds, other.seconds) + MORE, other)
        if self.noticed(case, other, run, judge):
            return True
        self.permitted = self.permitted or self._differs(before, run)
        return None if before.accepted and not run.accepted else False

    def _differs(self, before: Run, run: Run) -> bool:
        """Whether the code does something else than before, to the last bit."""
        steps = zip(before.steps, run.steps, strict=False)
        return any(compare(x, y, bitwise) is not None for x, y in steps if x.usable and y.usable)

    def noticed(self, case: Case, other: Run, run: Run, judge: Judge | None = None) -> bool:
        """Whether the judge would let `run` not pass for what the other side did. Without one, and where
        enough errors were measured, differences the size of rounding errors pass at `faithful`."""
        for number, (x, y) in enumerate(zip(other.steps, run.steps, strict=False)):
            if not x.usable:
                return False
            if not y.usable:
                return True
            first, second = (y, x) if self.subject.original else (x, y)
            if self.memory is not None:
                if compare(first, second, _COARSE, strict=self.pair.strict) is not None:
                    return True
                if judge is None or not self.memory.may_measure(case):
                    continue
            judge = judge or self.judge()
            found = judge.compare(case, number, first, second, strict=self.pair.strict)
            if found is not None or judge.doubt is not None:
                return True
        return False


@dataclass
class _Remembered:
    """The referee of a judge, asked once for each case."""

    judge: Faithful
    known: dict[int, tuple[Case, Truth | None]] = field(default_factory=dict)
    spent: float = 0.0

    def may_measure(self, case: Case) -> bool:
        """Whether the truth about a case is known, or there is time to find it."""
        return id(case) in self.known or (len(self.known) < _MEASURED and self.spent < _MEASURING)

    def truth(self, case: Case) -> Truth | None:
        oracle = self.judge.oracle
        if id(case) not in self.known:
            begun = time.process_time()
            self.known[id(case)] = (case, None if oracle is None else oracle.truth(case))
            self.spent += time.process_time() - begun
        return self.known[id(case)][1]


def owner_of(function: FunctionType) -> tuple[str, int]:
    code = function.__code__
    return (code.co_qualname, code.co_firstlineno)
