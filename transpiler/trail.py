"""What became of each variant of a region, and how long that took."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field

from loopwright.candidates import Refused
from loopwright.diagnostics import Declined
from loopwright.pipeline import Candidate
from loopwright.report.results import Loser
from loopwright.trial import Built, Survivor, Trial


@dataclass(slots=True)
class Trail:
    """`trials` were built, `examined` are those that were verified, by label; None failed.

    `seconds` are by stage. Behind the `deadline`, a time of time.monotonic, no more variants are verified.
    """

    trials: list[Trial] = field(default_factory=list)
    examined: dict[str, Survivor | None] = field(default_factory=dict)
    refused: list[Declined] = field(default_factory=list)
    by_variant: dict[str, Declined] = field(default_factory=dict)
    losers: list[Loser] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    deadline: float | None = None

    def is_late(self) -> bool:
        return self.deadline is not None and time.monotonic() > self.deadline

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time until the end of the block to `seconds`."""
        begun = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - begun
            self.seconds[name] = self.seconds.get(name, 0.0) + spent

    def made(self, found: Sequence[Candidate | Refused]) -> list[Candidate]:
        """The variants in `found`; the others are noted."""
        for each in found:
            if not isinstance(each, Refused):
                continue
            if each.recipe.needs:  # that a loop cannot be shared out is not why a region stays
                self.losers.append(Loser(each.recipe.name, f"{each.why.code} {each.why.why}"))
            else:
                self.refuse(each.recipe.name, each.why)
        return [each for each in found if isinstance(each, Candidate)]

    def refuse(self, label: str, why: Declined) -> None:
        self.refused.append(why)
        self.by_variant[label] = why
        self.losers.append(Loser(label, f"{why.code} {why.why}"))

    def trial(self, label: str) -> Trial:
        return next(t for t in self.trials if t.label == label)

    def collect(self, building: Sequence[Future[Built]]) -> None:
        with self.stage("build"):
            wait(building)
        for each in building:
            candidate, made = each.result()
            if isinstance(made, Trial):
                self.trials.append(made)
            else:
                self.refuse(candidate.recipe.name, made)
