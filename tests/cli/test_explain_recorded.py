"""What `explain` tells of a recorded run, where a function as a whole cannot be compiled."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import loopwright as lw

RUN = """
import numpy as np
from model import Model

m = Model()
m.forward(np.arange(40.0))
m.counts(np.arange(40.0))
m.masked(np.ma.masked_invalid([1.0, np.nan]), [1, 2.0])
m.reached([[1, 2.5], [float("inf"), 3]])
"""
MODEL = """
import numpy as np


class Model:
    def __init__(self):
        self.parameters = {"A": np.ones((3, 3)), "name": "m", "b": 2.0}

    def forward(self, obs):
        P = self.parameters
        A, b = P["A"], P["b"]
        n = A.shape[0]
        out = np.zeros((n, len(obs)))
        for t in range(len(obs)):
            for s in range(n):
                out[s, t] = A[s, 0] * obs[t] + b
        return out

    def counts(self, obs):
        P = self.parameters
        total = P["b"]
        for t in range(len(obs)):
            total += obs[t] * len(repr(t))
        return total

    def masked(self, obs, mixed):
        total = 0.0
        for t in range(len(obs)):
            total += obs[t] * 2.0
        for t in range(len(mixed)):
            total += mixed[t] * 2.0
        return total

    def reached(self, table):
        n = 0
        for row in table:
            for v in row:
                n += v < 9
        return n
"""


@pytest.fixture
def verdicts(tmp_path: Path) -> dict[str, list[tuple[str, str | None, str]]]:
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "run.py").write_text(RUN)
    script, out = str(tmp_path / "run.py"), tmp_path / "run.rec"
    lw.trace([sys.executable, script], out, sources=[tmp_path])
    found: dict[str, list[tuple[str, str | None, str]]] = {}
    for r in lw.explain(tmp_path / "model.py", trace=out).regions:
        found.setdefault(r.name, []).append((r.status, r.code, r.reason))
    return found


def test_a_loop_behind_what_has_no_type_is_a_candidate(
    verdicts: dict[str, list[tuple[str, str | None, str]]],
) -> None:
    assert verdicts["Model.forward"] == [("candidate", None, "")]


def test_the_reason_is_the_one_of_the_loop_that_takes_the_time(
    verdicts: dict[str, list[tuple[str, str | None, str]]],
) -> None:
    assert verdicts["Model.counts"] == [("declined", "LW102", "`repr` is not covered")]


def test_a_type_that_is_not_covered_is_named(
    verdicts: dict[str, list[tuple[str, str | None, str]]],
) -> None:
    assert verdicts["Model.masked"] == [
        (
            "declined",
            "LW305",
            "`obs` is of type MaskedArray, which kernels do not take",
        ),
    ]


def test_what_a_value_without_a_type_was_is_told(
    verdicts: dict[str, list[tuple[str, str | None, str]]],
) -> None:
    ((status, code, reason),) = verdicts["Model.reached"]
    assert (status, code) == ("declined", "LW305")
    assert reason == "`table` is of type list of list of float or int, which kernels do not take"
