"""Behind the time limit of the command no more variants are verified."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from loopwright import started as beginning
from loopwright.trail import Trail


def survivor(trail: Trail) -> Any:
    started: Any = SimpleNamespace(
        trail=trail,
        signature=SimpleNamespace(samples=()),
        builders=SimpleNamespace(workers=None),
        work=SimpleNamespace(lowered=None),
        options=None,
    )
    trial: Any = SimpleNamespace(label="numba")
    return beginning.survivor_of(started, trial)


def test_a_variant_is_verified_before_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginning, "examine", lambda *_: "verified")
    assert survivor(Trail(deadline=time.monotonic() + 60)) == "verified"
    assert survivor(Trail()) == "verified"


def test_it_is_refused_when_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginning, "examine", lambda *_: pytest.fail("verified"))
    trail = Trail(deadline=time.monotonic() - 1)
    assert survivor(trail) is None
    assert [each.code for each in trail.refused] == ["LW505"]
