"""The campaign of planted faults: the verifier notices them, and what it does not is told."""

from __future__ import annotations

import json
from pathlib import Path

import mutate
import pytest

from loopwright.verify.mutate.mutants import Source


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


def test_each_reason_is_about_the_mutants_of_one_line() -> None:
    """A name that two lines share would hide a mutant that nobody read."""
    known = json.loads(mutate.EQUIVALENT.read_text())
    paths = {path.stem: path for path in mutate.programs([])}
    assert known.keys() <= paths.keys()
    for program, functions in known.items():
        read = mutate.Read.of(paths[program])
        source = Source(paths[program].read_text(), program)
        owners = {owner[0]: owner for owner in source.functions}
        for function, reasons in functions.items():
            mutants = source.mutants(owners[function])
            for what, reason in reasons.items():
                lines = {m.line for m in mutants if what in read.names(m)}
                assert len(lines) == 1, (program, function, what, lines)
                assert reason


def test_what_survives_is_verified_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One input tells `<` from `<=` only if it is a tie."""
    monkeypatch.setattr(mutate, "_kept", lambda pair, seed: pair.given())
    monkeypatch.setattr(mutate, "DRAWN", 1)
    program = tmp_path / "tie.py"
    program.write_text(
        "def kernel(x, y):\n    return x < y\n\n\nSIZES = {'test': 1}\n\n\n"
        "def inputs(size, rng):\n    return 1.0, 2.0\n"
    )
    row = mutate.campaign(program, 100, 0)
    assert row.made == row.killed == 3
