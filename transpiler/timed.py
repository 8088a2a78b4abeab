"""The variants of a lowering side by side: on which inputs they are timed, and how they rank."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from loopwright.analysis.effects import summarise
from loopwright.ir.sizes import size_of
from loopwright.started import Started, survivor_of
from loopwright.trial import Trial
from loopwright.tune.choose import Winner, rank
from loopwright.tune.measure import measure
from loopwright.tune.timings import MeasureJob, Measurement

_PATIENCE = 60.0
"""Seconds for all calls of a measurement, besides what its budget takes."""


def timing_of(
    started: Started,
    job: MeasureJob,
    before: Measurement | None = None,
) -> tuple[Measurement | None, MeasureJob]:
    """The variants side by side, the original's times taken from `before`; None if there are none. And the
    job that was done.

    Code may never end on inputs that nobody has seen, where it draws until numbers fit, say: it is then
    measured on those that were. A variant may crash or hang the process that measures, too. Then they are
    verified first, which no variant survives that does so, and the others are measured.
    """
    trail = started.trail
    if not trail.trials or not job.inputs:
        return None, job
    with trail.stage("build"):
        started.builders.rest()
    timing = _measure(started, trail.trials, job, before)
    if timing.failure is None:
        return timing, job
    seen = _recorded_only(job)
    if seen is not None:
        timing = _measure(started, trail.trials, seen, before)
        if timing.failure is None:
            return timing, seen
    for trial in list(trail.trials):
        if survivor_of(started, trial) is None:
            trail.trials.remove(trial)
    return (_measure(started, trail.trials, job) if trail.trials else None), job


def _recorded_only(job: MeasureJob) -> MeasureJob | None:
    """The job without inputs of sizes that were not seen; None if there are no others, or none left."""
    seen = tuple(leaves for leaves in job.inputs if size_of(job.domain, leaves) in job.recorded)
    return replace(job, inputs=seen) if 0 < len(seen) < len(job.inputs) else None


def _measure(
    started: Started,
    trials: Sequence[Trial],
    job: MeasureJob,
    before: Measurement | None = None,
) -> Measurement:
    originals = {t.size: t.original for t in before.timings} if before else {}
    job = replace(job, timed=tuple(trial.timed for trial in trials), originals=originals)
    limit = _PATIENCE + 20 * job.budget
    if started.trail.deadline is not None:
        limit = min(limit, max(started.trail.deadline - time.monotonic(), 1.0))
    with started.trail.stage("measure"):
        return measure(job, workers=started.builders.workers, time_limit=limit)


def job_of(started: Started) -> MeasureJob:
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


def ranked_of(started: Started, timing: Measurement) -> tuple[list[Winner], dict[str, str]]:
    trials = started.trail.trials
    labels = [t.label for t in trials if not t.candidate.recipe.threaded]
    mean = started.signature.seconds
    return rank(timing, labels, started.options.min_speedup, mean)
