"""The campaign of random programs: nothing is found in a short one, and a planted defect is."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import fuzz
import levels
import pytest

from loopwright.ir.nodes import Compare, Expr, Program
from loopwright.ir.walk import map_exprs
from loopwright.passes.base import Applied, Outcome
from loopwright.trial import Builders


def test_a_short_campaign_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "WHOLE_EVERY", 3)
    outcome = fuzz.campaign(16, 300.0, seed=2)
    assert not outcome.failures, outcome.reports
    assert outcome.counts.programs >= 16
    assert outcome.counts.kernel_calls > 0
    assert {"numba", "cython"} <= set(outcome.counts.built)


class _Inclusive:
    """A wrong pass: `<` becomes `<=`."""

    name: ClassVar[str] = "inclusive"

    def run(self, program: Program) -> Outcome:
        def wrong(e: Expr) -> Expr:
            return replace(e, op="le") if isinstance(e, Compare) and e.op == "lt" else e

        main = replace(program.main, body=map_exprs(program.main.body, wrong))
        return Applied(replace(program, main=main))


def test_a_planted_defect_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels, "compiled_passes", lambda _: (_Inclusive(),))
    with Builders(1) as builders:
        campaign = fuzz.Campaign(builders)
        source = (
            'def f(n: int, v: Annotated[NDArray[np.float64], "n"]):\n'
            "    c = 0\n    s = 0.0\n"
            "    for x in v:\n        if x < 1.0:\n            c += 1\n        s += x\n"
            "    return s, c\n"
        )
        for arguments in range(20):
            campaign.tried(source, arguments)
    assert campaign.outcome.failures
    (report,) = [r for r in campaign.outcome.reports if "compiled 0 inclusive: value" in r]
    assert "x < 1.0" in report
    assert "s += x" not in report
