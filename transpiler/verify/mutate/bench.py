"""Inputs on which mutants are tried, and the judgement whether one of them was noticed.

In a forked child: what mutants leave behind, crash or hang ends with it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from types import FunctionType

from loopwright.verify.accuracy import Judge, Oracle, Truth, make_judge
from loopwright.verify.case import Case
from loopwright.verify.compare import compare, relative
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
_FEWEST = 5
_COARSE = relative(1e-3, atol=1e-9)
_MEASURED = 8
"Inputs of one mutant on which errors are measured; the others show what is more than rounding."


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
        self.exact = self.accuracy != "faithful"
        self.memory = None if self.exact else _Remembered(make_judge(self.accuracy, self.pair))

    # ---------------------------------------------------------------- runs

    def reached(self, seconds: float) -> tuple[list[int], Coverage]:
        """The cases that are of use, and what they reach in the code to be mutated; so many as take
        `seconds` of CPU time, and some in any case."""
        coverage = Coverage([Reachable(list(self.subject.functions))], self.subject.texts)
        useful: list[int] = []
        for k, case in enumerate(self.cases):
            if time.process_time() > seconds and len(useful) >= _FEWEST:
                break
            coverage.begin()
            coverage.refresh()
            with coverage.watch():
                pair = self.unchanged(k, case)
            if pair is not None and (pair[1].covers or self.subject.original):
                coverage.keep()
                useful.append(k)
        return useful, coverage

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
        run = self.play(case, _LONGEST, other)
        agree = run.usable and not self.noticed(case, other, run, self.judge())
        return (other, run) if agree else None

    def _other(self, case: Case) -> Run:
        self.state.restore()
        self.board.post("o", self.running)
        if not self.subject.original:
            return self.pair.original(case, _LONGEST)
        return self.pair.candidate(case, _LONGEST, self.pair.original(case, _LONGEST))

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
        return not self.noticed(case, pair[0], run, self.judge())

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
        return None if before.accepted and not run.accepted else False

    def noticed(self, case: Case, other: Run, run: Run, judge: Judge) -> bool:
        """Whether the judge would let `run` not pass for what the other side did."""
        for number, (x, y) in enumerate(zip(other.steps, run.steps, strict=False)):
            if not x.usable:
                return False
            if not y.usable:
                return True
            first, second = (y, x) if self.subject.original else (x, y)
            if not self.exact:
                if compare(first, second, _COARSE, strict=self.pair.strict) is not None:
                    return True
                if isinstance(judge, Faithful) and sum(judge.referees.values()) >= _MEASURED:
                    continue
            found = judge.compare(case, number, first, second, strict=self.pair.strict)
            if found is not None or judge.doubt is not None:
                return True
        return False


@dataclass
class _Remembered:
    """The referee of a judge, asked once for each case."""

    judge: Judge
    known: dict[int, tuple[Case, Truth | None]] = field(default_factory=dict)

    def truth(self, case: Case) -> Truth | None:
        oracle: Oracle | None = getattr(self.judge, "oracle", None)
        if id(case) not in self.known:
            self.known[id(case)] = (case, None if oracle is None else oracle.truth(case))
        return self.known[id(case)][1]


def owner_of(function: FunctionType) -> tuple[str, int]:
    code = function.__code__
    return (code.co_qualname, code.co_firstlineno)
