"""The campaign of random programs: nothing is found in a short one, and a planted defect is."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from typing import ClassVar

import fuzz
import levels
import pytest

from loopwright.ir.nodes import Compare, Expr, Program
from loopwright.ir.walk import map_exprs
from loopwright.passes.base import Applied, Outcome
from loopwright.trial import Builders

_COUNTS = r"(\d+) programs in .* spliced:(.*); their kernels answered (\d+) calls"


def test_a_short_campaign_finds_nothing() -> None:
    # in a process that has no threads yet: the campaign forks
    options = "--programs 16 --seconds 300 --seed 2 --whole-every 3"
    command = [sys.executable, fuzz.__file__, *options.split()]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    tried, built, answered = re.search(_COUNTS, ran.stdout, re.DOTALL).groups()  # type: ignore[union-attr]
    assert int(tried) >= 16 and int(answered) > 0
    assert " numba" in built and " cython" in built


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
