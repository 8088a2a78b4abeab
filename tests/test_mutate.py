"""The campaign of planted faults: the verifier notices them, and what it does not is told."""

from __future__ import annotations

import json
from pathlib import Path

import mutate
import pytest


def test_a_short_campaign_notices_nearly_all_and_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutate, "INPUTS", 200)
    monkeypatch.setattr(mutate, "DRAWN", 60)
    given = ["--output", str(tmp_path), "--most", "30", "isotonic"]
    code = mutate.main(given)
    (row,) = mutate.read_rows(tmp_path / "mutants.json")
    assert row.program == "isotonic"
    assert row.made == 30
    assert row.score >= 0.9
    assert code == (0 if row.score >= mutate.WANTED else 1)
    told = (tmp_path / "mutants.md").read_text()
    assert all(each in told for each in row.survived)
    mutate.main(given)
    assert mutate.read_rows(tmp_path / "mutants.json") == [row]


def test_mutants_that_a_person_read_do_not_count() -> None:
    row = mutate.Row("p", made=10, killed=8, equivalent=1, survived=("a",), seconds=1.0)
    assert row.score == pytest.approx(8 / 9)
    both = mutate.total([row, mutate.Row("q", 4, 4, 0, (), 1.0)])
    assert (both.made, both.killed, both.counted) == (14, 12, 13)


def test_each_reason_is_about_a_program_of_the_corpus() -> None:
    read = json.loads(mutate.EQUIVALENT.read_text())
    assert read.keys() <= {path.stem for path in mutate.programs([])}
    assert all(
        reason for each in read.values() for what in each.values() for reason in what.values()
    )
