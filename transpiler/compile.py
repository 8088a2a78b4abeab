"""One region through every stage: lower, make variants, verify, measure, choose.

The verdict is a `RegionResult`; a region that is rewritten also yields a `Chosen` for splicing.
"""

from __future__ import annotations

import errno
import re
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from loopwright.config import Options
from loopwright.diagnostics import NOWHERE, Declined
from loopwright.emit import by_name as backend_named
from loopwright.frontend.region import Lowered, Region
from loopwright.kernels import KernelEntry
from loopwright.pipeline import Candidate, Plan, build_candidate
from loopwright.report.results import Loser, RegionResult
from loopwright.signatures import Signature, as_declined, lower_region
from loopwright.trial import Survivor, Trial, examine, prepare
from loopwright.tune.choose import choose
from loopwright.tune.measure import MeasureJob, Measurement, measure
from loopwright.verify.representative import representative

THREADS_FROM = 2e-3
"""Seconds of the fastest serial variant from which on threads are tried; below, starting them costs more."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes into the output: the variants behind one dispatch function, tried in order."""

    lowered: Lowered
    entries: tuple[KernelEntry, ...]
    comment: str


def compile_region(
    region: Region,
    signatures: Sequence[Signature],
    options: Options,
    scratch: Path,
    *,
    name: str,
    deadline: float | None = None,
    plan: Plan,
) -> tuple[RegionResult, Chosen | None]:
    """Compile `region` for the first signature that works. `scratch` is an empty folder of ours.

    A defect of the compiler (any exception) becomes the status `failed`; the region stays as it is.
    """
    blank = RegionResult(region.module.path, region.span, region.qualname, "declined")
    try:
        lowered, signature = lower_region(region, signatures)
        if isinstance(lowered, Declined):
            return as_declined(blank, lowered), None
        job = _Job(lowered, signature, options, scratch, name, deadline, plan)
        return _compile(blank, job)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise  # the disk is full for every region
        return _failed(blank, error), None
    except Exception as error:
        return _failed(blank, error), None


def _failed(blank: RegionResult, error: Exception) -> RegionResult:
    detail = traceback.format_exception_only(error)[-1].strip()
    place = traceback.extract_tb(error.__traceback__)[-1]
    why = f"{detail} ({Path(place.filename).name}:{place.lineno})"
    return replace(blank, status="failed", code="LW901", reason=why)


@dataclass(frozen=True, slots=True)
class _Job:
    lowered: Lowered
    signature: Signature
    options: Options
    scratch: Path
    name: str
    deadline: float | None
    plan: Plan


@dataclass(slots=True)
class _Trail:
    """What became of each variant."""

    survivors: list[Survivor] = field(default_factory=list)
    refused: list[Declined] = field(default_factory=list)
    losers: list[Loser] = field(default_factory=list)

    def refuse(self, label: str, why: Declined) -> None:
        self.refused.append(why)
        self.losers.append(Loser(label, f"{why.code} {why.why}"))


def _compile(blank: RegionResult, job: _Job) -> tuple[RegionResult, Chosen | None]:
    trail = _Trail()
    candidates = _candidates(job, trail)
    threaded = [c for c in candidates if c.recipe.threaded]
    _try_out(job, [c for c in candidates if not c.recipe.threaded], trail)
    inputs = tuple(
        representative(
            job.lowered.domain, job.signature.samples, seed=0, program=job.lowered.program
        )
    )
    measured = _measure(job, trail, inputs) if trail.survivors and inputs else None
    if threaded and (measured is None or measured.best_seconds() >= THREADS_FROM):
        before = len(trail.survivors)
        _try_out(job, threaded, trail)
        if len(trail.survivors) > before:
            measured = _measure(job, trail, inputs)
    if measured is None:
        return replace(
            as_declined(blank, _gravest(trail.refused)), losers=tuple(trail.losers)
        ), None
    if measured.failure is not None or not measured.timings:
        failure = measured.failure or "the original raises on every input"
        why = Declined(NOWHERE, "LW402", f"measuring failed: {failure}")
        return replace(as_declined(blank, why), losers=tuple(trail.losers)), None
    return _choose(blank, job, trail, measured)


def _candidates(job: _Job, trail: _Trail) -> list[Candidate]:
    ints = tuple((p.name, *p.ints) for p in job.lowered.domain.params)
    made: list[Candidate] = []
    for recipe in job.plan.recipes(ints):
        if job.options.backend not in ("auto", recipe.backend):
            continue
        if job.options.accuracy == "bitwise" and not recipe.bitwise:
            why = "changes the order of floating-point operations"
            trail.losers.append(Loser(recipe.name, why))
            continue
        built = build_candidate(recipe, job.lowered.program, job.name)
        if isinstance(built, Declined):
            trail.refuse(recipe.name, built)
        else:
            made.append(built)
    return made


def _try_out(job: _Job, candidates: Sequence[Candidate], trail: _Trail) -> None:
    if job.deadline is not None and time.monotonic() > job.deadline:
        trail.refused.append(Declined(NOWHERE, "LW505", "the time limit was reached"))
        return
    for candidate, trial in prepare(
        job.lowered, job.name, candidates, job.scratch, job.options.jobs
    ):
        if isinstance(trial, Trial):
            verdict = examine(job.lowered, trial, job.signature.samples, job.options)
        else:
            verdict = trial
        if isinstance(verdict, Survivor):
            trail.survivors.append(verdict)
        else:
            trail.refuse(candidate.recipe.name, verdict)


def _measure(job: _Job, trail: _Trail, inputs: tuple[Mapping[str, object], ...]) -> Measurement:
    reference = job.lowered.reference
    timing = MeasureJob(
        source=reference.source,
        entry=reference.entry,
        roots=reference.roots,
        domain=job.lowered.domain,
        timed=tuple(s.trial.timed for s in trail.survivors),
        inputs=inputs,
        budget=job.options.measure_time,
    )
    return measure(timing, time_limit=60 + 20 * job.options.measure_time)


def _gravest(refused: Sequence[Declined]) -> Declined:
    """The refusal to show: a difference first, then what the compiled backends said."""
    for code in ("LW401", "LW402", "LW505"):
        for each in refused:
            if each.code == code:
                return each
    compiled = [each for each in refused if each.code != "LW504"]
    return (compiled or list(refused))[-1]


def _choose(
    blank: RegionResult, job: _Job, trail: _Trail, measured: Measurement
) -> tuple[RegionResult, Chosen | None]:
    winner, verdicts = choose(measured, job.options.min_speedup)
    losers = (*trail.losers, *(Loser(label, why) for label, why in verdicts.items()))
    if winner is None:
        slow = "; ".join(f"{label} {why}" for label, why in verdicts.items())
        why = Declined(NOWHERE, "LW501", slow)
        return replace(as_declined(blank, why), losers=losers), None
    best = next(s for s in trail.survivors if s.trial.label == winner.label)
    entry = best.trial.entry
    ratio = winner.speedup[max(winner.speedup)]
    shown = f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.1f}x"
    comment = f"{entry.backend}, {best.evidence.kind}, {shown}"
    result = replace(
        blank,
        status="rewritten",
        backend=entry.backend,
        passes=best.trial.candidate.applied,
        accuracy=job.options.accuracy,
        evidence=best.evidence,
        speedup=winner.speedup,
        first_call=measured.first_call.get(winner.label),
        kernel=entry.name,
        notes=best.trial.candidate.notes,
        losers=losers,
    )
    entries = [replace(entry, min_work=winner.min_size, comment=comment)]
    if best.trial.candidate.recipe.threaded:
        # where threads may not be started, the serial twin takes over
        entries += [
            twin
            for s in trail.survivors
            if s.trial.entry.backend == entry.backend and s is not best
            if (twin := _renamed(s.trial.entry, f"{entry.name}_serial")) is not None
        ]
    return result, Chosen(job.lowered, tuple(entries), comment)


def kernel_name(region: Region, taken: set[str]) -> str:
    """An identifier for the region's dispatch function, unique in its module; added to `taken`."""
    last = region.qualname.replace(".<locals>", "").split(".")
    base = re.sub(r"\W", "_", "_".join(last)).strip("_").lower() or "kernel"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    taken.add(name)
    return name


def _renamed(entry: KernelEntry, name: str) -> KernelEntry | None:
    """The same variant with its kernel under another name; the dispatch function keeps its own."""
    source = backend_named(entry.backend).emit(entry.program, name)
    if isinstance(source, Declined):
        return None
    return replace(entry, source=source, comment=f"{entry.backend}, serial")
