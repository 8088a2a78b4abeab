"""The child process of `measure`: loads the two sides and times them."""

from __future__ import annotations

import copy
import pickle
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from loopwright.tune.measure import InputTiming, MeasureJob, Measurement, size_of
from loopwright.verify.candidate import load_candidate
from loopwright.verify.roots import build_roots, load_reference

_ROUNDS = 7
_MIN_BATCH = 2e-4  # seconds: shorter calls are repeated to be above the clock's noise

Call = Callable[..., object]


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
        return build_roots(job.domain, job.roots, copy.deepcopy(dict(leaves)), original.classes)

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
        timings.append(_time_input(entry, sides, roots, leaves, budget))
    return Measurement(tuple(timings), first)


def _time_input(
    entry: Call,
    sides: Mapping[str, Call],
    roots: Callable[[Mapping[str, object]], tuple[object, ...]],
    leaves: Mapping[str, object],
    budget: float,
) -> InputTiming:
    calls: dict[str, Call] = {"": entry}
    estimate = {"": _once(entry, roots(leaves))[0]}
    for label, call in sides.items():
        seconds, result = _once(call, roots(leaves))
        if result is not None:  # None: the dispatch function declined this input
            calls[label] = call
            estimate[label] = min(seconds, _once(call, roots(leaves))[0])
    samples: dict[str, list[float]] = {label: [] for label in calls}
    batches = {
        label: max(1, min(200, int(_MIN_BATCH / max(seconds, 1e-8))))
        for label, seconds in estimate.items()
    }
    start = time.perf_counter()
    for number in range(_ROUNDS):
        for label, call in calls.items():
            prepared = [roots(leaves) for _ in range(batches[label])]
            begun = time.perf_counter()
            for arguments in prepared:
                call(*arguments)
            samples[label].append((time.perf_counter() - begun) / batches[label])
        if number >= 2 and time.perf_counter() - start > budget:
            break
    medians = {label: statistics.median(values) for label, values in samples.items()}
    return InputTiming(size_of(leaves), medians[""], {label: medians.get(label) for label in sides})


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
