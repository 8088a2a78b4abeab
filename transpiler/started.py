"""A lowering on its way: what is being built of it, and what became of each variant."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path

from loopwright.choice import Chosen
from loopwright.config import Options
from loopwright.diagnostics import NOWHERE, Declined
from loopwright.pipeline import Candidate, Plan
from loopwright.report.results import RegionResult
from loopwright.signatures import Signature
from loopwright.trail import Trail
from loopwright.trial import Builders, Built, Survivor, Trial, Work, examine

LATE = Declined(NOWHERE, "LW505", "the time limit was reached")
Note = Callable[[RegionResult, Chosen | None], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a kernel goes: its file's module and dispatch function; `scratch` is an empty folder of ours."""

    scratch: Path
    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Started:
    """A lowering whose serial variants are being built; `threaded` ones wait for the measurements."""

    blank: RegionResult
    work: Work
    signature: Signature
    options: Options
    plan: Plan
    builders: Builders
    building: list[Future[Built]]
    threaded: list[Candidate]
    trail: Trail
    note: Note

    def cancel(self) -> None:
        """Stop what is not built yet; returns when nothing writes to the scratch folder any more."""
        for each in self.building:
            each.cancel()
        wait(self.building)


def survivor_of(started: Started, trial: Trial) -> Survivor | None:
    """The variant with its evidence, examined once; None if it was refused."""
    trail = started.trail
    if trial.label in trail.examined:
        return trail.examined[trial.label]
    samples = started.signature.samples
    workers = started.builders.workers
    verdict: Survivor | Declined = LATE
    if not trail.is_late():
        with trail.stage("verify"):
            verdict = examine(started.work.lowered, trial, samples, started.options, workers)
    survivor = None if isinstance(verdict, Declined) else verdict
    if isinstance(verdict, Declined):
        trail.refuse(trial.label, verdict)
    trail.examined[trial.label] = survivor
    return survivor
