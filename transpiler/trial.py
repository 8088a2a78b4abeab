"""One variant on trial: written to a folder of its own, built, and compared with the original."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from loopwright import extensions
from loopwright.build import build_ahead, build_folder
from loopwright.config import Options
from loopwright.diagnostics import NOWHERE, CannotLower, Declined
from loopwright.emit import by_name as backend_named
from loopwright.frontend.region import Lowered
from loopwright.kernels import KernelEntry, write_kernels
from loopwright.pipeline import Candidate
from loopwright.prepare import prepare
from loopwright.report.results import Evidence
from loopwright.tune.timings import Timed
from loopwright.verify.differential import Candidate as Place
from loopwright.verify.differential import verify_region
from loopwright.verify.prove import prove
from loopwright.warm import warm
from loopwright.workers import Workers

PROOF_SECONDS = 1.0

Samples = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Trial:
    """A variant that is written and built, ready to be loaded from `folder`."""

    candidate: Candidate
    entry: KernelEntry
    folder: Path
    module: str

    @property
    def label(self) -> str:
        return self.candidate.recipe.name

    @property
    def timed(self) -> Timed:
        return Timed(self.label, self.folder, self.module, self.entry.name)


@dataclass(frozen=True, slots=True)
class Survivor:
    """A variant that no input could tell from the original."""

    trial: Trial
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Work:
    """What to build variants of, where: `scratch` is a folder of ours, `module` the kernels' file.

    `module` is the name that the output will use: an extension that is compiled from the same text under
    the same name need not be compiled again.
    """

    lowered: Lowered
    name: str
    module: str
    scratch: Path


Built = tuple[Candidate, Trial | Declined]


class Builders:
    """Builds variants in the background, `jobs` at a time: compilers are processes.

    `workers` run kernels, Numba and the checks, `compilers` Cython.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self.workers = Workers(prepare)
        self.compilers = Workers(extensions.prepare)
        self._pool = ThreadPoolExecutor(jobs)
        self._aside = ThreadPoolExecutor(1)
        self._pending: set[Future[Any]] = set()

    def __enter__(self) -> Builders:
        return self

    def __exit__(self, *_: object) -> None:
        self.workers.close()
        self.compilers.close()
        for pool in (self._pool, self._aside):
            pool.shutdown(wait=True, cancel_futures=True)

    def ahead(self, backend: str) -> None:
        """Set up in the background what every region will need if `backend` is to be tried."""
        if self._jobs == 1:
            return
        self.workers.start()
        if backend in ("auto", "cython") and backend_named("cython").missing() is None:
            self.compilers.start()
            self._pending.add(self._aside.submit(build_ahead, self.compilers))

    def submit(self, work: Work, candidates: Sequence[Candidate]) -> list[Future[Built]]:
        """Write and build the variants, those that take longest first."""
        slowest_first = sorted(candidates, key=lambda c: _BUILD_ORDER.get(c.recipe.backend, 0))
        started = {c.recipe.name: self._pool.submit(self._build, work, c) for c in slowest_first}
        self._pending.update(started.values())
        return [started[c.recipe.name] for c in candidates]

    def rest(self) -> None:
        """Return when nothing is being built, so that a measurement has the machine for itself."""
        wait(self._pending)
        self._pending.clear()

    def make_ready(self, folder: Path) -> None:
        """Build what a folder of the output holds."""
        build_folder(folder, native=True, workers=self.compilers)
        warm(folder, workers=self.workers)

    def _build(self, work: Work, candidate: Candidate) -> Built:
        folder = work.scratch / f"trial_{candidate.recipe.name.replace('-', '_')}"
        entry = KernelEntry(
            lowered=work.lowered,
            name=work.name,
            backend=candidate.recipe.backend,
            program=candidate.program,
            source=candidate.source,
        )
        try:
            write_kernels(folder, work.module, [entry])
        except CannotLower as refused:
            return candidate, refused.declined
        problems = build_folder(folder, native=True, workers=self.compilers)[1]
        if problems:
            return candidate, problems[0]
        warmed = warm(folder, workers=self.workers)
        if isinstance(warmed, Declined):
            return candidate, warmed
        return candidate, Trial(candidate, entry, folder, work.module)


_BUILD_ORDER = {"numba": -2, "cython": -1}


def examine(
    lowered: Lowered, trial: Trial, samples: Samples, options: Options, workers: Workers
) -> Survivor | Declined:
    """Compare the variant with the original on drawn and recorded inputs; then try to prove, for all sizes,
    that the passes changed nothing. A proof rests on the comparison, too: lowering and the text of the
    backend are only tested."""
    begun = time.monotonic()
    verdict = verify_region(
        lowered.reference,
        Place(trial.folder, trial.module, trial.entry.name),
        lowered.domain,
        samples,
        workers=workers,
        accuracy=options.accuracy,
        time_limit=options.verify_time,
        program=lowered.program,
        delivery=lowered.delivery,
    )
    if verdict.status == "same":
        seen = verdict.evidence
        proof = prove(
            lowered.program, trial.candidate.program, lowered.domain, seconds=PROOF_SECONDS
        )
        seconds = time.monotonic() - begun
        kind: Literal["proved", "tested"] = "tested" if proof is None else "proved"
        notes = [note for note in (None if proof is None else proof.note, seen.note) if note]
        evidence = Evidence(
            kind, seen.inputs, seen.accepted, seconds, "; ".join(notes), seen.mutants, seen.killed
        )
        return Survivor(trial, evidence)
    code = "LW404" if verdict.vacuous else "LW402"
    code = "LW401" if verdict.status == "different" else code
    return Declined(NOWHERE, code, f"{trial.label}: {verdict.reason}")
