"""One region through every stage: lower, make variants, verify, measure, choose.

The verdict is a `RegionResult`; a region that is rewritten also yields a `Chosen` for splicing.
"""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from loopwright.build import build_folder
from loopwright.config import Options
from loopwright.diagnostics import NOWHERE, Declined
from loopwright.frontend.annotations import signatures as annotated_types
from loopwright.frontend.lower import lower
from loopwright.frontend.region import Lowered, Region
from loopwright.ir.types import Type
from loopwright.kernels import KernelEntry, write_kernels
from loopwright.pipeline import Candidate, Plan, build_candidate
from loopwright.report.results import Evidence, Loser, RegionResult
from loopwright.tune.choose import choose
from loopwright.tune.measure import MeasureJob, Timed, measure
from loopwright.verify.differential import Candidate as Place
from loopwright.verify.differential import verify_region
from loopwright.verify.representative import representative
from loopwright.warm import warm
from loopwright.workload.store import Recording, RegionRecord

TRIAL_MODULE = "trial"


@dataclass(frozen=True, slots=True)
class Signature:
    """Types of the live-ins by name, observed int ranges, and recorded values to try first."""

    types: Mapping[str, Type]
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    samples: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes into the output: the dispatch function `name` and the variant behind it."""

    lowered: Lowered
    entry: KernelEntry
    comment: str


@dataclass(frozen=True, slots=True)
class Survivor:
    """A verified variant in its trial folder."""

    candidate: Candidate
    entry: KernelEntry
    folder: Path
    evidence: Evidence
    compile_seconds: float


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
        lowered, signature = _lower(region, signatures)
        if isinstance(lowered, Declined):
            return _declined(blank, lowered), None
        job = _Job(lowered, signature, options, scratch, name, deadline, plan)
        return _compile(blank, job)
    except Exception as error:
        detail = traceback.format_exception_only(error)[-1].strip()
        place = traceback.extract_tb(error.__traceback__)[-1]
        why = f"{detail} ({Path(place.filename).name}:{place.lineno})"
        return replace(blank, status="failed", code="LW901", reason=why), None


def _lower(region: Region, signatures: Sequence[Signature]) -> tuple[Lowered | Declined, Signature]:
    first: Declined | None = None
    for signature in signatures:
        lowered = lower(region, signature.types, signature.ranges)
        if isinstance(lowered, Lowered):
            return lowered, signature
        first = first or lowered
    assert first is not None
    return first, signatures[0]


def _declined(blank: RegionResult, why: Declined) -> RegionResult:
    at = blank.span if why.at == NOWHERE else why.at
    return replace(blank, span=at, code=why.code, reason=why.why, unlocks=why.unlocks)


@dataclass(frozen=True, slots=True)
class _Job:
    lowered: Lowered
    signature: Signature
    options: Options
    scratch: Path
    name: str
    deadline: float | None
    plan: Plan


def _compile(blank: RegionResult, job: _Job) -> tuple[RegionResult, Chosen | None]:
    losers: list[Loser] = []
    survivors: list[Survivor] = []
    refused: list[Declined] = []
    for candidate in _candidates(job, losers, refused):
        if job.deadline is not None and time.monotonic() > job.deadline:
            refused.append(Declined(NOWHERE, "LW505", "the time limit was reached"))
            break
        verdict = _verify(job, candidate)
        if isinstance(verdict, Survivor):
            survivors.append(verdict)
        else:
            refused.append(verdict)
            losers.append(Loser(candidate.recipe.name, f"{verdict.code} {verdict.why}"))
    if not survivors:
        why = _gravest(refused)
        return replace(_declined(blank, why), losers=tuple(losers)), None
    return _choose(blank, job, survivors, losers)


def _candidates(job: _Job, losers: list[Loser], refused: list[Declined]) -> list[Candidate]:
    ints = tuple((p.name, *p.ints) for p in job.lowered.domain.params)
    made: list[Candidate] = []
    for recipe in job.plan.recipes(ints):
        if job.options.backend not in ("auto", recipe.backend):
            continue
        if job.options.accuracy == "bitwise" and not recipe.bitwise:
            losers.append(Loser(recipe.name, "changes the order of floating-point operations"))
            continue
        built = build_candidate(recipe, job.lowered.program, job.name)
        if isinstance(built, Declined):
            refused.append(built)
            losers.append(Loser(recipe.name, f"{built.code} {built.why}"))
        else:
            made.append(built)
    return made


def _verify(job: _Job, candidate: Candidate) -> Survivor | Declined:
    folder = job.scratch / f"trial_{candidate.recipe.name.replace('-', '_')}"
    entry = KernelEntry(
        lowered=job.lowered,
        name=job.name,
        backend=candidate.recipe.backend,
        program=candidate.program,
        source=candidate.source,
    )
    write_kernels(folder, TRIAL_MODULE, [entry])
    problems = build_folder(folder, native=True)[1]
    if problems:
        return problems[0]
    warmed = warm(folder, folder.name)
    if isinstance(warmed, Declined):
        return warmed
    begun = time.monotonic()
    verdict = verify_region(
        job.lowered.reference,
        Place(folder, TRIAL_MODULE, job.name),
        job.lowered.domain,
        job.signature.samples,
        accuracy=job.options.accuracy,
        time_limit=job.options.verify_time,
        program=job.lowered.program,
    )
    if verdict.status == "same":
        seen = verdict.evidence
        evidence = Evidence(
            "tested", seen.inputs, seen.accepted, time.monotonic() - begun, seen.note
        )
        return Survivor(candidate, entry, folder, evidence, warmed)
    code = "LW401" if verdict.status == "different" else "LW402"
    return Declined(NOWHERE, code, f"{candidate.recipe.name}: {verdict.reason}")


def _gravest(refused: Sequence[Declined]) -> Declined:
    """The refusal to show: a difference first, then what the compiled backends said."""
    for code in ("LW401", "LW402", "LW505"):
        for each in refused:
            if each.code == code:
                return each
    compiled = [each for each in refused if each.code != "LW504"]
    return (compiled or list(refused))[-1]


def _choose(
    blank: RegionResult, job: _Job, survivors: Sequence[Survivor], losers: list[Loser]
) -> tuple[RegionResult, Chosen | None]:
    lowered, options = job.lowered, job.options
    timing = MeasureJob(
        source=lowered.reference.source,
        entry=lowered.reference.entry,
        roots=lowered.domain.roots,
        domain=lowered.domain,
        timed=tuple(
            Timed(s.candidate.recipe.name, s.folder, TRIAL_MODULE, s.entry.name) for s in survivors
        ),
        inputs=tuple(representative(lowered.domain, job.signature.samples, seed=0)),
        budget=options.measure_time,
    )
    measured = measure(timing, time_limit=60 + 20 * options.measure_time)
    if measured.failure is not None:
        why = Declined(NOWHERE, "LW402", f"measuring failed: {measured.failure}")
        return replace(_declined(blank, why), losers=tuple(losers)), None
    winner, verdicts = choose(measured, options.min_speedup)
    losers += [Loser(label, why) for label, why in verdicts.items()]
    if winner is None:
        slow = "; ".join(f"{label} {why}" for label, why in verdicts.items())
        why = Declined(NOWHERE, "LW501", slow)
        return replace(_declined(blank, why), losers=tuple(losers)), None
    best = next(s for s in survivors if s.candidate.recipe.name == winner.label)
    ratio = winner.speedup[max(winner.speedup)]
    shown = f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.1f}x"
    comment = f"{best.entry.backend}, {best.evidence.kind}, {shown}"
    result = replace(
        blank,
        status="rewritten",
        backend=best.entry.backend,
        passes=best.candidate.applied,
        accuracy=options.accuracy,
        evidence=best.evidence,
        speedup=winner.speedup,
        first_call=measured.first_call.get(winner.label),
        kernel=best.entry.name,
        notes=best.candidate.notes,
        losers=tuple(losers),
    )
    entry = replace(best.entry, min_work=winner.min_size, comment=comment)
    return result, Chosen(lowered, entry, comment)


def annotated(region: Region) -> list[Signature] | Declined:
    """The signatures that annotations and defaults tell."""
    found = annotated_types(region)
    return found if isinstance(found, Declined) else [Signature(types) for types in found]


def explain_region(region: Region, file: Path, recording: Recording | None) -> list[RegionResult]:
    """The verdict on a region, or on the ones inside it, without running anything."""
    seen = None if recording is None else recording.find(region)
    signatures = recorded(seen) if seen is not None else annotated(region)
    blank = RegionResult(file, region.span, region.qualname, "declined")
    if isinstance(signatures, Declined):
        why = signatures
    else:
        lowered, _ = _lower(region, signatures)
        if isinstance(lowered, Lowered):
            return [replace(blank, status="candidate", share=seen.share if seen else None)]
        why = lowered
    inner = [r for each in region.inner for r in explain_region(each, file, recording)]
    if any(r.status == "candidate" for r in inner):
        return inner
    return [replace(_declined(blank, why), share=seen.share if seen else None)]


def recorded(seen: RegionRecord) -> list[Signature]:
    """The signatures of a recording, most frequent first."""
    return [Signature(s.types, s.ranges, s.samples) for s in seen.signatures]


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
