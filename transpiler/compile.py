"""One lowering of a region through every stage: make variants, build, measure, verify, choose.

`start` has the variants built in the background; `finish` waits for them and gives the verdict. Variants
are measured before they are verified, as the search for a difference is the dearest step and only the
variants that would be chosen need it; a variant that was not verified is never chosen.
"""

from __future__ import annotations

import errno
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from loopwright.candidates import candidates, has_work
from loopwright.choice import Chosen, Settled, as_serial, chosen_again, kernels_of
from loopwright.config import Options
from loopwright.diagnostics import NOWHERE, Declined
from loopwright.frontend.region import Lowered
from loopwright.inline import inline_forms
from loopwright.inputs import inputs_for
from loopwright.journal import Journal, Record
from loopwright.kernels import KernelEntry
from loopwright.passes.scalarise_scope import NO_COMMON_SHAPE
from loopwright.pipeline import Plan
from loopwright.report.results import Loser, RegionResult
from loopwright.signatures import Signature, as_declined
from loopwright.started import LATE, Note, Place, Started, survivor_of
from loopwright.timed import job_of, ranked_of, timing_of
from loopwright.trail import Trail
from loopwright.trial import Builders, Survivor, Trial, Work
from loopwright.tune.choose import Winner, threads_from
from loopwright.tune.gave_up import gives_up_on, with_check
from loopwright.tune.timings import MeasureJob, Measurement
from loopwright.workers import Workers

THREADS_FROM = 2e-3
"""Seconds of the fastest serial variant from which on threads are tried; below, starting them costs more."""


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
        if lowered.left and _is_taken(lowered, signature, builders.workers):
            return Settled(as_declined(blank, lowered.left[0]))
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
        return Started(
            blank, work, signature, options, plan, builders, building, threaded, trail, note
        )
    except Exception as error:
        return Settled(failed(blank, error))


def _is_taken(lowered: Lowered, signature: Signature, workers: Workers) -> bool:
    """Whether a recorded call takes a branch that is left to the original, or no call tells."""
    return not signature.samples or gives_up_on(
        lowered.program, lowered.domain, signature.samples, workers=workers
    )


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
        trail.refused.append(LATE)
        return _declined(started)
    trail.collect(started.building)
    workers = started.builders.workers
    job = inputs_for(started.work.lowered, started.signature, job_of(started), workers)
    timing, job = timing_of(started, job)
    if started.threaded and (timing is None or timing.best_seconds() >= THREADS_FROM):
        before = len(trail.trials)
        building = started.builders.submit(started.work, started.threaded)
        if timing is not None and timing.timings:
            # it is needed beside threads, too
            _first_survivor(started, ranked_of(started, timing)[0])
        trail.collect(building)
        if len(trail.trials) > before:
            timing, job = timing_of(started, job, timing)
    usable = timing is not None and timing.failure is None and bool(timing.timings)
    ranked, slow = _judged(started, timing, job) if timing is not None and usable else ([], {})
    stretched = _stretched(started, slow) if usable and not ranked else None
    if stretched is not None:
        return _finish(stretched, deadline, measured)
    measured()
    if timing is None:
        return _declined(started)
    if timing.failure is not None or not timing.timings:
        failure = timing.failure or "the original raises on every input"
        trail.refused.append(Declined(NOWHERE, "LW402", f"measuring failed: {failure}"))
        return _declined(started)
    return _choose(started, timing, ranked, slow)


def _judged(
    started: Started, timing: Measurement, job: MeasureJob
) -> tuple[list[Winner], dict[str, str]]:
    """The variants worth having, and why the others are out; if all are, with the check that failed."""
    ranked, slow = ranked_of(started, timing)
    if not ranked:
        programs = {t.label: t.candidate.program for t in started.trail.trials}
        workers = started.builders.workers
        slow = with_check(slow, programs, job.domain, job.inputs[-1], workers=workers)
    return ranked, slow


def _stretched(started: Started, slow: Mapping[str, str]) -> Started | None:
    """The variants for axes that have length 1 where broadcasting stretches them, if all others gave up since
    they do not expect it: `slow` is why they are out."""
    expected = started.plan.stretch or not slow
    if expected or not all(NO_COMMON_SHAPE in text for text in slow.values()):
        return None
    work = started.work
    scratch = work.scratch / "stretched"
    scratch.mkdir(exist_ok=True)
    place = Place(scratch, work.module, work.name)
    plan = replace(started.plan, stretch=True)
    again = start(
        work.lowered, started.signature, started.blank, started.options, place,
        plan=plan, builders=started.builders,
    )  # fmt: skip
    return again if isinstance(again, Started) else None


def _declined(started: Started) -> tuple[RegionResult, None]:
    trail = started.trail
    verdict = as_declined(started.blank, _gravest(trail))
    return replace(verdict, losers=tuple(trail.losers)), None


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


_WIDEST = "numba"
"""What this variant has no form for, the code is to blame for rather than the backend."""


def _choose(
    started: Started, timing: Measurement, ranked: Sequence[Winner], slow: Mapping[str, str]
) -> tuple[RegionResult, Chosen | None]:
    """The fastest serial variant that no input can tell from the original, and threads if they win more."""
    trail = started.trail
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


def _first_survivor(started: Started, ranked: Sequence[Winner]) -> tuple[int, Survivor] | None:
    """The place and the evidence of the best variant that has some."""
    for place, winner in enumerate(ranked):
        survivor = survivor_of(started, started.trail.trial(winner.label))
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
        notes=(
            *_left(started.work.lowered),
            *main.trial.candidate.notes,
            *(_small(winner) if inline else ()),
        ),
        losers=tuple(started.trail.losers),
    )
    return result, Chosen(started.work.lowered, tuple(entries), tuple(recipes), comment)


def _left(lowered: Lowered) -> tuple[str, ...]:
    """What the original does, after the kernel gave up."""
    return tuple(
        f"line {why.at.line} is left to the original: {why.code} {why.why}" for why in lowered.left
    )


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
        survivor = survivor_of(started, trial)
        if survivor is not None:
            started.trail.losers += [
                Loser(other.label, f"{slower / seconds:.2f} times as long as {trial.label}")
                for slower, _, other in found[place + 1 :]
            ]
            return survivor, size
    return None
