"""Time an original against candidates, side by side in one worker process.

Rounds are interleaved (original, candidate 1, candidate 2, original, ...) so that a change of the
machine's speed hits all alike; the figure of each is the median of its rounds. Arguments that are written
to are copied before each timed call, outside the timing. The first call of each candidate, which loads or
compiles its kernel, is timed apart.
"""

from __future__ import annotations

import copy
import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from loopwright.ir.sizes import size_of
from loopwright.tune.timings import InputTiming, MeasureJob, Measurement, Timed
from loopwright.tune.turned_away import condition
from loopwright.verify.candidate import load_candidate
from loopwright.verify.roots import build_roots, load_reference
from loopwright.workers import WorkerFailed, Workers

_ROUNDS = 7
_MIN_BATCH = 2e-4  # seconds: shorter calls are repeated to be above the clock's noise
_MOST_CALLS = 200
_LONG = 0.05  # seconds: cold caches no longer matter
_LEAST_ROUNDS = 3
_TOO_LONG = 3.0  # seconds of one input after which no more rounds are begun
_SLOW = 0.2  # seconds of the original from which on one warm call may do
_CLEAR = 5.0  # ... if the best variant is so many times as fast
_BEHIND = 20.0  # times as slow as the best variant
_CLOCK = 1e-7  # seconds below which all times are alike
_ENDLESS = 20.0  # seconds that no made-up input is worth
_TRIED = 60.0  # seconds to find a typical input
_ORIGINAL = ""

Call = Callable[..., object]
Arguments = tuple[object, ...]


def measure(job: MeasureJob, *, workers: Workers, time_limit: float) -> Measurement:
    """Run the job in a worker. `failure` is set if that crashed or ran out of time."""
    found = workers.ask(run, job, time_limit=time_limit)
    return Measurement(failure=found.reason) if isinstance(found, WorkerFailed) else found


def typical(job: MeasureJob, seconds: float, *, workers: Workers) -> int:
    """The number of the input on which the original takes about so long, 0 if that cannot be told."""
    found = workers.ask(nearest, (job, seconds), time_limit=_TRIED)
    return 0 if isinstance(found, WorkerFailed) else found


def nearest(asked: tuple[MeasureJob, float]) -> int:
    """As `typical`; in a worker only."""
    job, seconds = asked
    np.seterr(all="ignore")
    original = load_reference(job)
    entry: Any = original.entry
    apart: list[float] = []
    for leaves in job.inputs:
        took: list[float] = []
        while len(took) < _LEAST_ROUNDS and sum(took) < _SLOW:
            given = copy.deepcopy(dict(leaves))
            roots = build_roots(job.domain, job.roots, given, original.classes)
            took.append(_once(entry, roots)[0])
        apart.append(abs(math.log(max(min(took), _CLOCK) / max(seconds, _CLOCK))))
    return apart.index(min(apart))


IMPORTED: dict[str, float] = {}
"""Seconds that imports of the server's took, by backend: in a user's process the first call pays for them."""


def run(job: MeasureJob) -> Measurement:
    """Load the two sides and time them; in a worker only."""
    np.seterr(all="ignore")
    original = load_reference(job)
    sides: dict[str, Call] = {
        t.label: load_candidate(t.folder, t.module, t.function) for t in job.timed
    }

    def roots(leaves: Mapping[str, object]) -> tuple[object, ...]:
        return build_roots(job.domain, job.roots, copy.deepcopy(dict(leaves)), original.classes)

    entry: Any = original.entry
    first: dict[str, float] = {}
    for timed, call in zip(job.timed, sides.values(), strict=True):
        first[timed.label] = _imports(timed) + _once(call, roots(job.inputs[0]))[0]
    choosy = {
        label
        for label, call in sides.items()
        if any(_once(call, roots(leaves))[1] is None for leaves in job.others)
    }
    deadline = time.perf_counter() + job.budget
    timings: list[InputTiming] = []
    declined: dict[str, str] = {}
    for number, leaves in enumerate(job.inputs):
        left = len(job.inputs) - number
        budget = max(0.0, deadline - time.perf_counter()) / left
        size = size_of(job.domain, leaves)
        if job.made_up and timings and _expected(timings[-1], size) > _ENDLESS:
            break

        def prepare(calls: int, leaves: Mapping[str, object] = leaves) -> list[Arguments]:
            if job.changes:
                return [roots(leaves) for _ in range(calls)]
            return [roots(leaves)] * calls

        calls: dict[str, Call] = dict(sides)
        if not job.originals:
            calls = {_ORIGINAL: entry, **sides}
        elif size not in job.originals:
            continue
        found = _time_input(calls, prepare, budget)
        before = found.pop(_ORIGINAL) if not job.originals else job.originals[size]
        if before is None:
            continue  # a made-up size that does not suit the code tells nothing about its speed
        behind = {t.label: math.inf for t in job.timed if t.label not in sides}
        seen = size in job.recorded
        timings.append(InputTiming(size, before, {**found, **behind}, recorded=seen))
        for label in (label for label, seconds in found.items() if seconds is None):
            declined[label] = condition(sides[label], prepare(1)[0]) or declined.get(label, "")
        sides = _in_the_race(sides, found)
    return Measurement(tuple(timings), first, declined, frozenset(choosy))


def _expected(before: InputTiming, size: int) -> float:
    """The seconds of the original at a greater size, if they grow as the square of the size."""
    return before.original * (size / max(before.size, 1)) ** 2


def _imports(timed: Timed) -> float:
    needed = (each for each in IMPORTED if any(timed.folder.glob(f"{timed.module}_{each}_*.py")))
    return sum(IMPORTED[each] for each in needed)


def _in_the_race(sides: Mapping[str, Call], found: Mapping[str, float | None]) -> dict[str, Call]:
    """Without those that larger inputs would take long for, in vain."""
    seconds = {label: found[label] or 0.0 for label in sides}
    limit = max(_LONG / 10, _BEHIND * min(seconds.values(), default=0.0))
    return {label: call for label, call in sides.items() if seconds[label] <= limit}


def _time_input(
    calls: Mapping[str, Call], prepare: Callable[[int], Sequence[Arguments]], budget: float
) -> dict[str, float | None]:
    """Median seconds a warm call by label, None where a call is declined or raises.

    `prepare(n)` makes arguments for n calls.
    """
    batches: dict[str, int] = {}
    once: dict[str, float] = {}
    start = time.perf_counter()
    for label, call in calls.items():
        seconds, result, raised = _once(call, prepare(1)[0])
        # None: the dispatch function declined this input; the original may return it
        if not raised and (result is not None or label == _ORIGINAL):
            once[label] = seconds
            batches[label] = _batch(call, prepare, seconds)
        elif label == _ORIGINAL:
            return dict.fromkeys(calls)
    settled = _is_settled(once)
    samples: dict[str, list[float]] = {label: [] for label in batches}
    for number in range(_ROUNDS):
        for label, size in batches.items():
            if number == 0 or label != _ORIGINAL or not settled:
                samples[label].append(_run(calls[label], prepare(size)))
        spent = time.perf_counter() - start
        if spent > budget and (number >= _LEAST_ROUNDS - 1 or spent > _TOO_LONG):
            break
    return {
        label: statistics.median(samples[label]) if label in samples else None for label in calls
    }


def _is_settled(once: Mapping[str, float]) -> bool:
    """Whether the original is so slow that more of its time could not change what is chosen."""
    others = [seconds for label, seconds in once.items() if label != _ORIGINAL]
    slow = once.get(_ORIGINAL, 0.0)
    return slow > _SLOW and slow > _CLEAR * min(others, default=math.inf)


def _batch(call: Call, prepare: Callable[[int], Sequence[Arguments]], first_call: float) -> int:
    """How many calls last long enough for the clock. The first ones are slow, as all caches are cold."""
    if first_call > _LONG:
        return 1
    size = 1
    while size < _MOST_CALLS:
        seconds = _run(call, prepare(size))
        if seconds * size >= _MIN_BATCH:
            return size
        size = min(_MOST_CALLS, max(2 * size, math.ceil(_MIN_BATCH / max(seconds, 1e-8))))
    return size


def _run(call: Call, prepared: Sequence[Arguments]) -> float:
    """Seconds a call."""
    begun = time.perf_counter()
    for arguments in prepared:
        call(*arguments)
    return (time.perf_counter() - begun) / len(prepared)


def _once(call: Call, arguments: Arguments) -> tuple[float, object, bool]:
    """Seconds, the result, and whether it raised instead."""
    begun = time.perf_counter()
    try:
        result, raised = call(*arguments), False
    except Exception:
        result, raised = None, True
    return time.perf_counter() - begun, result, raised
