"""The JSON report: stable keys, plain values, written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loopwright.diagnostics import Span
from loopwright.report.json import render_json, write_json
from loopwright.report.results import Evidence, Loser, RegionResult, Report, SkippedFile


def test_the_report_as_json() -> None:
    region = RegionResult(
        Path("a.py"), Span(3, 4, 5, 6), "f", "rewritten", backend="numba", passes=("normalise",),
        accuracy="faithful", evidence=Evidence("tested", 10, 9, 1.23456), speedup={100: 2.345},
        kernel="f", losers=(Loser("numpy", "slower"),),
    )  # fmt: skip
    report = Report((region,), (SkippedFile(Path("b.py"), "LW003", "bad"),), Path("out"))
    data = json.loads(render_json(report))
    assert data["output"] == "out"
    assert data["skipped"] == [{"file": "b.py", "code": "LW003", "reason": "bad"}]
    (one,) = data["regions"]
    assert (one["file"], one["line"], one["name"], one["status"]) == ("a.py", 3, "f", "rewritten")
    assert (one["code"], one["backend"], one["passes"]) == (None, "numba", ["normalise"])
    assert (one["accuracy"], one["kernel"], one["speedup"]) == ("faithful", "f", {"100": 2.35})
    assert one["evidence"] == {
        "kind": "tested", "inputs": 10, "accepted": 9, "seconds": 1.235, "note": "",
        "mutants": 0, "killed": 0,
    }  # fmt: skip
    assert one["lost"] == [{"variant": "numpy", "why": "slower"}]


def test_an_old_report_stays_if_the_new_one_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "r.json"
    path.write_text("old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        write_json(Report(()), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
