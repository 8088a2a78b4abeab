"""One lowering of a region through every stage: make variants, build, measure, verify, choose.

`start` has the variants built in the background; `finish` waits for them and gives the verdict. Variants
are measured before they are verified, as the search for a difference is the dearest step and only the
variants that would be chosen need it; a variant that was not verified is never chosen.
"""

from __future__ import annotations

import errno
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from pathlib import Path

from loopwright.analysis.effects import summarise
from loopwright.candidates import candidates, has_work
from loopwright.choice import Chosen, Settled, as_serial, chosen_again, kernels_of
from loopwright.config import Options
from loopwright.diagnostics import NOWHERE, Declined
from loopwright.frontend.region import Lowered
from loopwright.inline import inline_forms
from loopwright.inputs import inputs_for
from loopwright.journal import Journal, Record
from loopwright.kernels import KernelEntry
from loopwright.pipeline import Candidate, Plan
from loopwright.report.results import Loser, RegionResult
from loopwright.signatures import Signature, as_declined
from loopwright.trail import Trail
from loopwright.trial import Builders, Built, Survivor, Trial, Work, examine
from loopwright.tune.choose import Winner, rank, threads_from
from loopwright.tune.gave_up import with_check
from loopwright.tune.measure import measure
from loopwright.tune.timings import MeasureJob, Measurement

THREADS_FROM = 2e-3
"""Seconds of the fastest serial variant from which on threads are tried; below, starting them costs more."""


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


Note = Callable[[RegionResult, Chosen | None], None]


def start(
    lowered: Lowered,
    signature: Signature,
    blank: RegionResult,
    options: Options,
    place: Place,
    *,
    plan: Plan,
    builders: Builders,
    journal: Journal | None = None,
) -> Started | Settled:
    """Begin to build the variants of a region that is lowered for `signature`.

    A refusal is the verdict at once, as is what `journal` has of it; `blank` is how it begins. A defect of
    the compiler (any exception) is the status `failed`.
    """
    begun = time.monotonic()
    try:
        if not has_work(lowered.program):
            why = "no loop and no array expression: too little work"
            return Settled(as_declined(blank, Declined(NOWHERE, "LW501", why)))
        record = None if journal is None else journal.of(lowered, signature.samples, plan)
        known = None if record is None else record.find(blank)
        if known is not None and not known.kernels:
            return Settled(known.result)
        trail = Trail()
        found = candidates(lowered, options, place.name, plan)
        if options.style == "inline":
            found = inline_forms(lowered, found)
        made = trail.made(found)
        if known is not None:
            again = chosen_again(lowered, place.name, known, made)
            if again is not None:
                return again
        serial = [c for c in made if not c.recipe.threaded]
        threaded = [c for c in made if c.recipe.threaded]
        trail.seconds["lower"] = blank.seconds.get("lower", 0.0) + time.monotonic() - begun
        work = Work(lowered, place.name, place.module, place.scratch)
        building = builders.submit(work, serial)
        note = _keep(record)
        return Started(blank, work, signature, options, builders, building, threaded, trail, note)
    except Exception as error:
        return Settled(failed(blank, error))


def _keep(record: Record | None) -> Note:
    def keep(result: RegionResult, chosen: Chosen | None) -> None:
        if record is not None:
            record.put(result, () if chosen is None else kernels_of(chosen))

    return keep


def finish(
    started: Started, *, deadline: float | None = None, measured: Callable[[], None] = lambda: None
) -> tuple[RegionResult, Chosen | None]:
    """The verdict. `measured` is called when the machine need not be quiet any more.

    A defect of the compiler (any exception but a full disk) becomes the status `failed`.
    """
    try:
        result, chosen = _finish(started, deadline, measured)
        started.note(result, chosen)
        return replace(result, seconds=started.trail.seconds), chosen
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise  # the disk is full for every region
        return failed(started.blank, error), None
    except Exception as error:
        return failed(started.blank, error), None


def failed(blank: RegionResult, error: Exception) -> RegionResult:
    """The verdict on a region that a defect of the compiler was met with."""
    detail = traceback.format_exception_only(error)[-1].strip()
    place = traceback.extract_tb(error.__traceback__)[-1]
    why = f"{detail} ({Path(place.filename).name}:{place.lineno})"
    return replace(blank, status="failed", code="LW901", reason=why)


def _finish(
    started: Started, deadline: float | None, measured: Callable[[], None]
) -> tuple[RegionResult, Chosen | None]:
    trail = started.trail
    trail.deadline = deadline
    if trail.is_late():
        trail.refused.append(_LATE)
        return _declined(started)
    trail.collect(started.building)
    workers = started.builders.workers
    job = inputs_for(started.work.lowered, started.signature, _job(started), workers)
    timing = _timing(started, job)
    if started.threaded and (timing is None or timing.best_seconds() >= THREADS_FROM):
        before = len(trail.trials)
        building = started.builders.submit(started.work, started.threaded)
        if timing is not None and timing.timings:
            _first_survivor(
                started, _ranked(started, timing)[0]
            )  # it is needed beside threads, too
        trail.collect(building)
        if len(trail.trials) > before:
            timing = _timing(started, job, timing)
    measured()
    if timing is None:
        return _declined(started)
    if timing.failure is not None or not timing.timings:
        failure = timing.failure or "the original raises on every input"
        trail.refused.append(Declined(NOWHERE, "LW402", f"measuring failed: {failure}"))
        return _declined(started)
    return _choose(started, timing, job)


def _declined(started: Started) -> tuple[RegionResult, None]:
    trail = started.trail
    verdict = as_declined(started.blank, _gravest(trail))
    return replace(verdict, losers=tuple(trail.losers)), None


def _timing(
    started: Started,
    job: MeasureJob,
    before: Measurement | None = None,
) -> Measurement | None:
    """The variants side by side, the original's times taken from `before`; None if there are none.

    A variant may crash or hang the process that measures. Then they are verified first, which no variant
    survives that does so, and the others are measured.
    """
    trail = started.trail
    if not trail.trials or not job.inputs:
        return None
    with trail.stage("build"):
        started.builders.rest()
    timing = _measure(started, trail.trials, job, before)
    if timing.failure is None:
        return timing
    for trial in list(trail.trials):
        if _survivor(started, trial) is None:
            trail.trials.remove(trial)
    return _measure(started, trail.trials, job) if trail.trials else None


def _measure(
    started: Started,
    trials: Sequence[Trial],
    job: MeasureJob,
    before: Measurement | None = None,
) -> Measurement:
    originals = {t.size: t.original for t in before.timings} if before else {}
    job = replace(job, timed=tuple(trial.timed for trial in trials), originals=originals)
    limit = 60 + 20 * job.budget
    if started.trail.deadline is not None:
        limit = min(limit, max(started.trail.deadline - time.monotonic(), 1.0))
    with started.trail.stage("measure"):
        return measure(job, workers=started.builders.workers, time_limit=limit)


def _job(started: Started) -> MeasureJob:
    """What the original is, without inputs and variants."""
    lowered = started.work.lowered
    reference, program = lowered.reference, lowered.program
    return MeasureJob(
        source=reference.source,
        entry=reference.entry,
        roots=reference.roots,
        domain=lowered.domain,
        timed=(),
        inputs=(),
        budget=started.options.measure_time,
        changes=bool(summarise(program)[program.main.name].writes),
    )


def _survivor(started: Started, trial: Trial) -> Survivor | None:
    """The variant with its evidence, examined once; None if it was refused."""
    trail = started.trail
    if trial.label in trail.examined:
        return trail.examined[trial.label]
    samples = started.signature.samples
    workers = started.builders.workers
    verdict: Survivor | Declined = _LATE
    if not trail.is_late():
        with trail.stage("verify"):
            verdict = examine(started.work.lowered, trial, samples, started.options, workers)
    survivor = None if isinstance(verdict, Declined) else verdict
    if isinstance(verdict, Declined):
        trail.refuse(trial.label, verdict)
    trail.examined[trial.label] = survivor
    return survivor


def _gravest(trail: Trail) -> Declined:
    """The refusal to show: a difference first, then what the backend that covers most said of the code."""
    for code in ("LW401", "LW402", "LW404", "LW505"):
        for each in trail.refused:
            if each.code == code:
                return each
    widest = trail.by_variant.get(_WIDEST)
    if widest is not None and widest.code != "LW504":
        return widest
    compiled = [each for each in trail.refused if each.code != "LW504"]
    return (compiled or trail.refused)[-1]


_LATE = Declined(NOWHERE, "LW505", "the time limit was reached")
_WIDEST = "numba"
"""What this variant has no form for, the code is to blame for rather than the backend."""


def _choose(
    started: Started, timing: Measurement, job: MeasureJob
) -> tuple[RegionResult, Chosen | None]:
    """The fastest serial variant that no input can tell from the original, and threads if they win more."""
    trail = started.trail
    ranked, slow = _ranked(started, timing)
    if not ranked:
        programs = {t.label: t.candidate.program for t in trail.trials}
        workers = started.builders.workers
        slow = with_check(slow, programs, job.domain, job.inputs[-1], workers=workers)
    trail.losers += [Loser(label, why) for label, why in slow.items()]
    found = _first_survivor(started, ranked)
    if found is not None:
        place, best = found
        trail.losers += [
            Loser(loser.label, f"{loser.score:.1f}x against {ranked[place].score:.1f}x")
            for loser in ranked[place + 1 :]
        ]
        return _rewritten(started, timing, ranked[place], best)
    if not ranked:
        why = "; ".join(f"{label} {text}" for label, text in slow.items())
        trail.refused, trail.by_variant = [Declined(NOWHERE, "LW501", why)], {}
    return _declined(started)


def _ranked(started: Started, timing: Measurement) -> tuple[list[Winner], dict[str, str]]:
    trials = started.trail.trials
    labels = [t.label for t in trials if not t.candidate.recipe.threaded]
    mean = started.signature.seconds
    return rank(timing, labels, started.options.min_speedup, mean)


def _first_survivor(started: Started, ranked: Sequence[Winner]) -> tuple[int, Survivor] | None:
    """The place and the evidence of the best variant that has some."""
    for place, winner in enumerate(ranked):
        survivor = _survivor(started, started.trail.trial(winner.label))
        if survivor is not None:
            return place, survivor
    return None


def _rewritten(
    started: Started, timing: Measurement, winner: Winner, best: Survivor
) -> tuple[RegionResult, Chosen]:
    threads = _threads(started, timing, winner.label)
    speedup = dict(winner.speedup)
    if threads is not None:
        for each in timing.timings:
            seconds = each.candidates[threads[0].trial.label]
            if each.size >= threads[1] and seconds is not None:
                speedup[each.size] = each.original / seconds
    ratio = speedup[max(speedup)]
    shown = f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.1f}x"
    main = best if threads is None else threads[0]
    entry = best.trial.entry
    inline = started.options.style == "inline"
    evidence = main.evidence
    if best.evidence.kind == "tested":
        evidence = replace(evidence, kind="tested")  # of two variants, the weaker word
    comment = f"{main.trial.entry.backend}, {evidence.kind}, {shown}"
    entries: list[KernelEntry] = [replace(entry, min_work=winner.min_size, comment=comment)]
    recipes = [winner.label]
    if threads is not None:
        first = replace(main.trial.entry, min_work=threads[1], comment=comment)
        # where threads may not be started, or would not pay, the serial variant takes over
        entries = [first, as_serial(entry, winner.min_size)]
        recipes.insert(0, main.trial.label)
    result = replace(
        started.blank,
        status="rewritten",
        backend=main.trial.entry.backend,
        passes=main.trial.candidate.applied,
        accuracy=started.options.accuracy,
        evidence=evidence,
        speedup=dict(sorted(speedup.items())),
        first_call=timing.first_call.get(main.trial.label),
        kernel=None if inline else entry.name,
        notes=(*main.trial.candidate.notes, *(_small(winner) if inline else ())),
        losers=tuple(started.trail.losers),
    )
    return result, Chosen(started.work.lowered, tuple(entries), tuple(recipes), comment)


def _small(winner: Winner) -> tuple[str, ...]:
    """What code without a test of the size costs small arguments."""
    if not winner.min_size:
        return ()
    return (f"below {winner.min_size} elements the loop was faster",)


def _threads(started: Started, timing: Measurement, serial: str) -> tuple[Survivor, int] | None:
    """The fastest threaded variant with evidence that is better than the `serial` one, and from what size
    on it is."""
    found: list[tuple[float, int, Trial]] = []
    for trial in started.trail.trials:
        if not trial.candidate.recipe.threaded:
            continue
        size = threads_from(timing, trial.label, serial)
        if isinstance(size, str):
            started.trail.losers.append(Loser(trial.label, size))
        else:
            largest = max(timing.timings, key=lambda t: t.size)
            found.append((largest.candidates[trial.label] or 0.0, size, trial))
    found.sort(key=lambda f: f[0])
    for place, (seconds, size, trial) in enumerate(found):
        survivor = _survivor(started, trial)
        if survivor is not None:
            started.trail.losers += [
                Loser(other.label, f"{slower / seconds:.2f} times as long as {trial.label}")
                for slower, _, other in found[place + 1 :]
            ]
            return survivor, size
    return None
