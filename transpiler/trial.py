"""One variant on trial: written to a folder of its own, built, and compared with the original."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from loopwright.build import build_folder
from loopwright.config import Options
from loopwright.diagnostics import NOWHERE, CannotLower, Declined
from loopwright.frontend.region import Lowered
from loopwright.kernels import KernelEntry, write_kernels
from loopwright.pipeline import Candidate
from loopwright.report.results import Evidence
from loopwright.tune.measure import Timed
from loopwright.verify.differential import Candidate as Place
from loopwright.verify.differential import verify_region
from loopwright.warm import warm

MODULE = "trial"

Samples = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Trial:
    """A variant that is written and built, ready to be loaded from `folder`."""

    candidate: Candidate
    entry: KernelEntry
    folder: Path

    @property
    def label(self) -> str:
        return self.candidate.recipe.name

    @property
    def timed(self) -> Timed:
        return Timed(self.label, self.folder, MODULE, self.entry.name)


@dataclass(frozen=True, slots=True)
class Survivor:
    """A variant that no input could tell from the original."""

    trial: Trial
    evidence: Evidence


def prepare(
    lowered: Lowered, name: str, candidates: Sequence[Candidate], scratch: Path, jobs: int
) -> list[tuple[Candidate, Trial | Declined]]:
    """Write and build the variants, `jobs` at a time: compilers are processes."""

    def one(candidate: Candidate) -> tuple[Candidate, Trial | Declined]:
        return candidate, _build(lowered, name, candidate, scratch)

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, candidates))


def _build(lowered: Lowered, name: str, candidate: Candidate, scratch: Path) -> Trial | Declined:
    folder = scratch / f"trial_{candidate.recipe.name.replace('-', '_')}"
    entry = KernelEntry(
        lowered=lowered,
        name=name,
        backend=candidate.recipe.backend,
        program=candidate.program,
        source=candidate.source,
    )
    try:
        write_kernels(folder, MODULE, [entry])
    except CannotLower as refused:
        return refused.declined
    problems = build_folder(folder, native=True)[1]
    if problems:
        return problems[0]
    warmed = warm(folder, folder.name)
    return warmed if isinstance(warmed, Declined) else Trial(candidate, entry, folder)


def examine(
    lowered: Lowered, trial: Trial, samples: Samples, options: Options
) -> Survivor | Declined:
    """Compare the variant with the original on drawn and recorded inputs."""
    begun = time.monotonic()
    verdict = verify_region(
        lowered.reference,
        Place(trial.folder, MODULE, trial.entry.name),
        lowered.domain,
        samples,
        accuracy=options.accuracy,
        time_limit=options.verify_time,
        program=lowered.program,
        stores=_stores(lowered),
    )
    if verdict.status == "same":
        seen = verdict.evidence
        seconds = time.monotonic() - begun
        return Survivor(trial, Evidence("tested", seen.inputs, seen.accepted, seconds, seen.note))
    code = "LW401" if verdict.status == "different" else "LW402"
    return Declined(NOWHERE, code, f"{trial.label}: {verdict.reason}")


def _stores(lowered: Lowered) -> tuple[tuple[int, str], ...]:
    """Which results are assigned to attributes: before the returned value, or behind the live-outs."""
    region = lowered.region
    first = 0 if region.form == "body" else len(region.live_outs)
    return tuple((first + k, path) for k, path in enumerate(region.stores))
