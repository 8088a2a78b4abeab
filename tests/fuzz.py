"""Random programs against CPython: `python tests/fuzz.py --programs 2000 --seed 0`.

Every program is compared after each pass and in the text of each backend, run by CPython; every fiftieth
goes through the whole pipeline: each variant is compiled, spliced and called as its user would call it.
Prints counts and each failing program, made small. Exit code 1 if there is any.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import hypothesis
from arguments import OutOfBudget
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from levels import Counts, Finding, examine
from shrinking import shrunk
from strategies import programs
from whole import examine_whole

from loopwright.trial import Builders

BACKENDS = ("numpy", "numba")
WHOLE_EVERY = 50
ROUND = 200
SHRINK_SECONDS = {False: 20.0, True: 90.0}
LIMIT_SECONDS = {False: 10, True: 180}


class _TimeIsOver(BaseException):
    """Ends a round of Hypothesis from within."""


@dataclass
class Outcome:
    """What a campaign saw."""

    counts: Counts = field(default_factory=Counts)
    failures: int = 0
    reports: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.counts.add(other.counts)
        self.failures += other.failures
        self.reports += other.reports


class Campaign:
    """Programs that Hypothesis draws, one round after the other."""

    def __init__(self, builders: Builders, whole_every: int = WHOLE_EVERY) -> None:
        self.builders = builders
        self.whole_every = whole_every
        self.outcome = Outcome()
        self.seen: set[tuple[str, str]] = set()

    def run(self, most: int, end: float, seed: int) -> Outcome:
        """Until `most` programs were tried, or until `end`, a time of time.monotonic."""
        number = 0
        while self.outcome.counts.programs < most and time.monotonic() < end:
            try:
                self._round(seed * 1_000_003 + number, min(ROUND, most), end)
            except _TimeIsOver:
                break
            number += 1
            if number % 10 == 0:
                print(f"{self.outcome.counts.programs} programs", file=sys.stderr, flush=True)
        return self.outcome

    def _round(self, seed: int, examples: int, end: float) -> None:
        @hypothesis.seed(seed)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(programs(), st.integers(0, 2**32))
        def draw(source: str, arguments: int) -> None:
            if time.monotonic() > end:
                raise _TimeIsOver
            self.tried(source, arguments)

        draw()

    def tried(self, source: str, arguments: int) -> None:
        """Compare one program with CPython; a failure is kept, and the campaign goes on."""
        self._examined(source, arguments, whole=False)
        if self.outcome.counts.programs % self.whole_every == 0:
            self._examined(source, arguments, whole=True)

    def _examined(self, source: str, arguments: int, *, whole: bool) -> None:
        def examined(text: str, counts: Counts) -> Finding | None:
            if whole:
                look = lambda: examine_whole(text, arguments, self.builders, counts)  # noqa: E731
            else:
                look = lambda: examine(text, arguments, BACKENDS, counts)  # noqa: E731
            return _in_time(look, LIMIT_SECONDS[whole])

        found = examined(source, self.outcome.counts)
        if found is None:
            return
        self.outcome.failures += 1
        if found.key in self.seen:
            return
        self.seen.add(found.key)

        def fails(text: str) -> bool:
            again = examined(text, Counts())
            return again is not None and again.key == found.key

        small = shrunk(source, fails, SHRINK_SECONDS[whole])
        shown = examined(small, Counts()) or found
        said = f"--- {shown.level}: {shown.kind} (arguments {arguments})\n{shown.detail}\n{small}"
        self.outcome.reports.append(said)
        print(said, flush=True)


def _in_time(look: Callable[[], Finding | None], seconds: int) -> Finding | None:
    """`look()`, given up after a while: numbers without bounds can grow for long. The alarm rings again and
    again, as what is raised within a callback of the garbage collector is lost."""

    def stop(*_: object) -> None:
        raise OutOfBudget

    signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
        try:
            return look()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except OutOfBudget:  # also one that comes while the alarm is being turned off
        return None


def campaign(most: int, seconds: float, seed: int, whole_every: int) -> Outcome:
    """One process's share."""
    warnings.simplefilter("ignore")
    with Builders(1) as builders:
        return Campaign(builders, whole_every).run(most, time.monotonic() + seconds, seed)


def summary(outcome: Outcome, seconds: float) -> str:
    """The counts, in lines."""
    c = outcome.counts
    built = ", ".join(f"{n} {name}" for name, n in sorted(c.built.items()))
    return (
        f"{c.programs} programs in {seconds:.0f} s, {c.declined} declined {c.codes}\n"
        f"{c.calls} calls, {c.spurious} gave up where CPython returns\n"
        f"compiled and spliced: {built or 'none'}; their kernels answered {c.kernel_calls} calls\n"
        f"{outcome.failures} failures of {len(outcome.reports)} kinds"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=10**9)
    parser.add_argument("--seconds", type=float, default=10**6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--whole-every", type=int, default=WHOLE_EVERY)
    parser.add_argument("--report", help="write counts and failing programs to this file too")
    asked = parser.parse_args(arguments)
    begun = time.monotonic()
    share = -(-asked.programs // asked.jobs)
    outcome = Outcome()
    with ProcessPoolExecutor(asked.jobs) as pool:
        seeds = range(asked.seed * asked.jobs, (asked.seed + 1) * asked.jobs)
        shares = (share, asked.seconds)
        for part in [pool.submit(campaign, *shares, seed, asked.whole_every) for seed in seeds]:
            outcome.add(part.result())
    text = summary(outcome, time.monotonic() - begun)
    print(text)
    if asked.report:
        with open(asked.report, "w", encoding="utf-8") as file:
            file.write("\n\n".join([text, *outcome.reports]) + "\n")
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    sys.exit(main())
