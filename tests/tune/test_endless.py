"""Code that never ends on inputs that nobody has seen is measured on those that were."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import Any

import pytest

from loopwright import timed
from loopwright.ir.domain import Domain, Param
from loopwright.ir.types import INT, ListOf
from loopwright.trail import Trail
from loopwright.tune.timings import InputTiming, MeasureJob, Measurement

INPUTS = tuple({"x": [1] * n} for n in (3, 40, 500))


def timing_of(recorded: frozenset[int], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, MeasureJob]:
    """What comes out where the original ends on inputs of recorded sizes only."""

    def measure(job: MeasureJob, **_: object) -> Measurement:
        sizes = [len(leaves["x"]) for leaves in job.inputs]  # type: ignore[arg-type]
        if not set(sizes) <= recorded:
            return Measurement(failure="no answer within 100.0 s")
        return Measurement(tuple(InputTiming(n, 1.0, {"numba": 0.5}) for n in sizes))

    monkeypatch.setattr(timed, "measure", measure)
    monkeypatch.setattr(timed, "survivor_of", lambda *_: object())
    trail: Any = Trail()
    trail.trials = [SimpleNamespace(label="numba", timed=None)]
    builders = SimpleNamespace(rest=contextlib.nullcontext, workers=None)
    started: Any = SimpleNamespace(trail=trail, builders=builders)
    domain = Domain((Param("x", "x", ListOf(INT)),))
    job = MeasureJob("", "f", ("x",), domain, (), INPUTS, 0.1, False, recorded=recorded)
    return timed.timing_of(started, job)


def test_inputs_that_were_seen_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    timing, job = timing_of(frozenset({40, 500}), monkeypatch)
    assert timing.failure is None
    assert [each.size for each in timing.timings] == [40, 500]
    assert job.inputs == INPUTS[1:]


def test_without_any_that_were_seen_the_failure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    timing, job = timing_of(frozenset(), monkeypatch)
    assert timing.failure
    assert job.inputs == INPUTS
