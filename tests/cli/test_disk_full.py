"""A disk that is full in the middle of writing: exit code 2, and each file is old or new."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_tree import HEAT, state, workload

from loopwright import tree_compile
from loopwright.cli import main


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What `finish` answered, so that each test need not compile anew."""
    return {}


@pytest.fixture
def quick(kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    start, finish = tree_compile.start, tree_compile.finish

    def start_once(region: Any, *arguments: Any, **options: Any) -> Any:
        if region.id in kept:
            begun, _ = kept[region.id]
            ways = ((replace(low, region=region), way) for low, way in begun.ways)
            return replace(begun, ways=tuple(ways))
        return start(region, *arguments, **options)

    def finish_once(begun: Any, **options: Any) -> Any:
        region = begun.ways[0][0].region
        if region.id not in kept:
            kept[region.id] = begun, finish(begun, **options)
        _, verdict = kept[region.id]
        chosen = verdict.chosen
        if chosen is None:
            return verdict
        lowered = replace(chosen.lowered, region=region)
        entries = tuple(replace(entry, lowered=lowered) for entry in chosen.entries)
        return replace(verdict, chosen=replace(chosen, lowered=lowered, entries=entries))

    monkeypatch.setattr(tree_compile, "start", start_once)
    monkeypatch.setattr(tree_compile, "finish", finish_once)


def full_after(writes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [writes]
    real = os.fsync

    def fsync(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("writes", [0, 1, 4, 8])
def test_a_full_disk_leaves_each_file_old_or_new(
    writes: int,
    quick: None,
    tree: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["trace", "-o", "t.rec", "--source", "src", "--", *workload(tmp_path).split()]) == 0
    shutil.rmtree(tree / "pkg" / "__pycache__", ignore_errors=True)
    before = state(tree)
    options = ["--trace", "t.rec", "--backend", "numba"]
    assert main(["optimize", "src", "-o", "out", *options]) == 0
    assert "1 of 2 regions rewritten" in capsys.readouterr().out
    full_after(writes, monkeypatch)
    code = main(["optimize", "src", "--in-place", *options])
    printed = capsys.readouterr()
    after = state(tree)
    assert code == 2
    assert "No space left on device" in printed.err
    assert not [name for name in after if name.endswith(".tmp")]
    assert {k: v for k, v in after.items() if k in before} == before
    assert main(["check", "src"]) == 0


def test_a_report_that_cannot_be_written_is_an_error(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("report.json").write_text("old")
    full_after(0, monkeypatch)
    assert main(["explain", "src", "--json", "report.json"]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert Path("report.json").read_text() == "old"


def test_a_full_disk_during_the_trials_is_an_error(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "pkg" / "heat.py").write_text(HEAT.replace("norm(X)", "norm(X: list[float])"))
    before = state(tree)
    full_after(0, monkeypatch)
    assert main(["optimize", "src", "--in-place", "--backend", "numba"]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert state(tree) == before
