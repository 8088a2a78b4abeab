"""Measuring: what a slow original costs, and inputs that do not suit the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from loopwright.ir.domain import Domain, Param
from loopwright.ir.types import INT, ListOf
from loopwright.prepare import prepare
from loopwright.tune import measure as timing
from loopwright.tune.measure import measure, typical
from loopwright.tune.timings import MeasureJob, Measurement, Timed
from loopwright.workers import Workers

SOURCE = """\
import time
def original(n):
    with open({log!r}, "a") as out:
        out.write("x")
    if n == 2:
        raise ValueError
    time.sleep(n / 1000)
    return n
"""


def timed(tmp_path: Path, *sizes: int, others: tuple[int, ...] = ()) -> tuple[Measurement, int]:
    folder = tmp_path / "fast"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "m.py").write_text("def f(n):\n    return None if n == 4 else n\n")
    log = tmp_path / "log"
    job = MeasureJob(
        source=SOURCE.format(log=str(log)),
        entry="original",
        roots=("n",),
        domain=Domain((Param("n", "n", INT),)),
        timed=(Timed("ours", folder, "m", "f"),),
        inputs=tuple({"n": n} for n in sizes),
        budget=20.0,
        changes=False,
        others=tuple({"n": n} for n in others),
    )
    with Workers(prepare) as workers:
        found = measure(job, workers=workers, time_limit=60)
    assert found.failure is None
    return found, len(log.read_text())


def test_an_original_that_is_far_behind_runs_twice(tmp_path: Path) -> None:
    found, calls = timed(tmp_path, 300)
    assert calls == 2
    (only,) = found.timings
    assert only.original > 0.25 and (only.candidates["ours"] or 1.0) < 0.1


def test_an_original_of_a_few_milliseconds_runs_in_every_round(tmp_path: Path) -> None:
    _, calls = timed(tmp_path, 3)
    assert calls >= 7


def test_an_input_that_the_original_refuses_tells_nothing(tmp_path: Path) -> None:
    found, calls = timed(tmp_path, 2)
    assert found.timings == () and calls == 1


@pytest.mark.parametrize(("others", "choosy"), [((), False), ((1, 5), False), ((1, 4), True)])
def test_of_other_calls_it_is_known_who_declines_them(
    tmp_path: Path, others: tuple[int, ...], choosy: bool
) -> None:
    found, calls = timed(tmp_path, 3, others=others)
    assert ("ours" in found.choosy) == choosy
    assert len(found.timings) == 1 and calls >= 7


def test_the_typical_input_takes_as_long_as_calls_do_on_average(tmp_path: Path) -> None:
    inputs = tuple({"n": n} for n in (1, 300, 30))
    job = MeasureJob(
        source=SOURCE.format(log=str(tmp_path / "log")),
        entry="original",
        roots=("n",),
        domain=Domain((Param("n", "n", INT),)),
        timed=(),
        inputs=inputs,
        budget=20.0,
        changes=False,
    )
    with Workers(prepare) as workers:
        found = [typical(job, seconds, workers=workers) for seconds in (1e-5, 0.04, 0.25, 5.0)]
    assert found == [0, 2, 1, 1]


QUADRATIC = """\
import time
def original(x):
    time.sleep(len(x) ** 2 / 1e6)
    return x
"""


@pytest.mark.parametrize(("made_up", "sizes"), [(True, [300, 1000]), (False, [300, 1000, 1100])])
def test_made_up_inputs_that_would_take_for_ever_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_up: bool, sizes: list[int]
) -> None:
    monkeypatch.setattr(timing, "_ENDLESS", 1.1)
    folder = tmp_path / "fast"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "m.py").write_text("def f(x):\n    return x\n")
    job = MeasureJob(
        source=QUADRATIC,
        entry="original",
        roots=("x",),
        domain=Domain((Param("x", "x", ListOf(INT)),)),
        timed=(Timed("ours", folder, "m", "f"),),
        inputs=tuple({"x": [1] * n} for n in (300, 1000, 1100)),
        budget=0.1,
        changes=False,
        made_up=made_up,
    )
    assert [found.size for found in timing.run(job).timings] == sizes
