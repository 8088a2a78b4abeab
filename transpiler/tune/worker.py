"""The child process of `measure`: loads the two sides and times them."""

from __future__ import annotations

import copy
import math
import pickle
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from loopwright.tune.measure import InputTiming, MeasureJob, Measurement, size_of
from loopwright.verify.candidate import load_candidate
from loopwright.verify.roots import build_roots, load_reference

_ROUNDS = 7
_MIN_BATCH = 2e-4  # seconds: shorter calls are repeated to be above the clock's noise
_MOST_CALLS = 200

Call = Callable[..., object]
Arguments = tuple[object, ...]


def main() -> int:
    job_file, result_file = Path(sys.argv[1]), Path(sys.argv[2])
    job = pickle.loads(job_file.read_bytes())
    assert isinstance(job, MeasureJob)
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    result_file.write_bytes(pickle.dumps(run(job)))
    return 0


def run(job: MeasureJob) -> Measurement:
    original = load_reference(job)
    sides: dict[str, Call] = {
        t.label: load_candidate(t.folder, t.module, t.function) for t in job.timed
    }

    def roots(leaves: Mapping[str, object]) -> tuple[object, ...]:
        return build_roots(job.domain, job.roots, copy.deepcopy(dict(leaves)), original.owner)

    entry: Any = original.entry
    first: dict[str, float] = {}
    for label, call in sides.items():
        first[label] = _once(call, roots(job.inputs[-1]))[0]
    deadline = time.perf_counter() + job.budget
    timings = []
    for number, leaves in enumerate(job.inputs):
        left = len(job.inputs) - number
        budget = max(0.0, deadline - time.perf_counter()) / left
        if _raises(entry, roots(leaves)):
            continue  # a made-up size that does not suit the code tells nothing about its speed

        def prepare(calls: int, leaves: Mapping[str, object] = leaves) -> list[Arguments]:
            if job.changes:
                return [roots(leaves) for _ in range(calls)]
            return [roots(leaves)] * calls

        found = _time_input(entry, sides, prepare, budget)
        before = found.pop("")
        assert before is not None
        timings.append(InputTiming(size_of(leaves), before, found))
    return Measurement(tuple(timings), first)


def _time_input(
    entry: Call,
    sides: Mapping[str, Call],
    prepare: Callable[[int], Sequence[Arguments]],
    budget: float,
) -> dict[str, float | None]:
    """Median seconds a warm call by label, "" for the original. `prepare(n)`: arguments for n calls."""
    calls: dict[str, Call] = {"": entry}
    for label, call in sides.items():
        if (
            _once(call, prepare(1)[0])[1] is not None
        ):  # None: the dispatch function declined this input
            calls[label] = call
    start = time.perf_counter()
    batches = {label: _batch(call, prepare) for label, call in calls.items()}
    samples: dict[str, list[float]] = {label: [] for label in calls}
    for number in range(_ROUNDS):
        for label, call in calls.items():
            samples[label].append(_run(call, prepare(batches[label])))
        if number >= 2 and time.perf_counter() - start > budget:
            break
    return {
        label: statistics.median(samples[label]) if label in samples else None
        for label in ("", *sides)
    }


def _batch(call: Call, prepare: Callable[[int], Sequence[Arguments]]) -> int:
    """How many calls last long enough for the clock. The first ones are slow, as all caches are cold."""
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


def _raises(entry: Call, arguments: tuple[object, ...]) -> bool:
    try:
        entry(*arguments)
    except Exception:
        return True
    return False


def _once(call: Call, arguments: tuple[object, ...]) -> tuple[float, object]:
    begun = time.perf_counter()
    try:
        result = call(*arguments)
    except Exception:
        result = None
    return time.perf_counter() - begun, result


if __name__ == "__main__":
    sys.exit(main())
