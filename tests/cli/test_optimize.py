"""A tree through `optimize`, and what the other commands say of the result."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_tree import HEAT, RUN, Optimized, run, state, workload

from loopwright.cli import main

KEYS = {
    "file", "line", "name", "status", "code", "reason", "backend", "passes", "accuracy", "evidence",
    "speedup", "kernel", "test",
}  # fmt: skip


@pytest.fixture
def fast(optimized: Optimized, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the rewritten tree, in the current folder."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(optimized.output, tmp_path / "fast")
    return tmp_path / "fast"


def test_what_was_not_rewritten_is_the_same_to_the_byte(optimized: Optimized) -> None:
    before, after = state(optimized.source), state(optimized.output)
    assert {name: after[name] for name in before if name != "pkg/heat.py"} == {
        name: data for name, data in before.items() if name != "pkg/heat.py"
    }
    lines = after["pkg/heat.py"].decode().splitlines()
    assert [line for line in HEAT.splitlines() if line not in lines] == []
    assert all("_loopwright" in name for name in set(after) - set(before))


def test_the_report_holds_the_stable_keys(optimized: Optimized) -> None:
    norm, words = optimized.report["regions"]
    assert norm.keys() >= KEYS and words.keys() >= KEYS
    assert (norm["name"], norm["status"], norm["line"]) == ("norm", "rewritten", 6)
    assert norm["file"] == "src/pkg/heat.py"
    assert norm["evidence"]["kind"] == "tested" and norm["evidence"]["inputs"] > 0
    assert norm["backend"] == "numba" and norm["accuracy"] == "faithful"
    assert all(size.isdigit() and ratio > 1 for size, ratio in norm["speedup"].items())
    assert (words["name"], words["status"], words["code"]) == ("words", "declined", "LW102")


def test_the_table_fits_eighty_columns(optimized: Optimized) -> None:
    lines = optimized.printed.splitlines()
    assert "src/pkg/heat.py:6 norm" in lines
    assert any(line.startswith("    rewritten: numba, tested on ") for line in lines)
    assert "src/pkg/heat.py:15 words" in lines
    assert max(map(len, lines)) <= 80


def test_the_rewritten_package_computes_the_same(optimized: Optimized) -> None:
    def output(folder: Path) -> str:
        program = RUN.format(folder=str(folder))
        command = [sys.executable, "-W", "error", "-c", program]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert output(optimized.output) == output(optimized.source)


COMPILED = """\
import sys
sys.path.insert(0, {folder!r})
from numba.core.dispatcher import Dispatcher
import numpy as np
from pkg.heat import norm
norm(np.arange(3000.0))
kernels = [f for m in list(sys.modules.values()) for f in vars(m).values() if isinstance(f, Dispatcher)]
ours = [f.stats for f in kernels if "loopwright" in f.py_func.__module__]
print(sum(sum(s.cache_hits.values()) for s in ours), sum(sum(s.cache_misses.values()) for s in ours))
"""


def test_a_fresh_process_compiles_nothing(optimized: Optimized) -> None:
    program = COMPILED.format(folder=str(optimized.output))
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    hits, misses = map(int, done.stdout.split())
    assert hits > 0 and misses == 0


def test_explain_shows_rewritten_regions_as_rewritten(
    fast: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "fast", "--json", "explained.json"]) == 0
    out = capsys.readouterr().out
    assert "norm: rewritten, numba" in out
    assert "2 regions: 1 rewritten, 1 declined" in out
    regions = json.loads(Path("explained.json").read_text())["regions"]
    assert [(r["name"], r["status"]) for r in regions] == [
        ("norm", "rewritten"), ("words", "declined"),
    ]  # fmt: skip


def test_an_edited_loop_is_stale_until_it_is_reverted(
    fast: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "fast"]) == 0
    file = fast / "pkg" / "heat.py"
    file.write_text(file.read_text().replace("s += x * x", "s += x"))
    assert main(["check", "fast"]) == 1
    assert "LW601" in capsys.readouterr().out
    assert main(["explain", "fast/pkg/heat.py:norm"]) == 0
    assert "LW601 kernel is stale" in capsys.readouterr().out
    assert main(["revert", "fast"]) == 0
    assert file.read_text() == HEAT.replace("s += x * x", "s += x")


def test_revert_restores_every_byte(
    fast: Path, optimized: Optimized, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["revert", "fast"]) == 0
    assert "restored fast/pkg/heat.py" in capsys.readouterr().out
    assert state(fast) == state(optimized.source)
    assert main(["revert", "fast"]) == 0
    assert "nothing to restore" in capsys.readouterr().out


def test_a_rewritten_tree_is_no_source_for_another_one(
    fast: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["optimize", "fast", "-o", "faster"]) == 2
    assert "rewritten tree" in capsys.readouterr().err


def test_the_difference_is_printed_and_nothing_else(tree: Path, tmp_path: Path) -> None:
    before = state(tmp_path)
    done = run(
        "optimize", "src", "--diff", "--workload", workload(tmp_path), "--backend", "numba",
        cwd=tmp_path, cache=tmp_path.parent / "cache",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("--- src/pkg/heat.py")
    added = [line for line in done.stdout.splitlines() if line.startswith("+")]
    assert any("if (_out := _kernels.norm(X)) is not None:" in line for line in added)
    removed = [line for line in done.stdout.splitlines() if line.startswith("-")]
    assert removed == ["--- src/pkg/heat.py"]
    assert "1 of 2 regions rewritten" in done.stderr
    after = {k: v for k, v in state(tmp_path).items() if "__pycache__" not in k}
    assert after == before


def test_uncommitted_changes_are_not_overwritten(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def git(*words: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.invalid"]
        subprocess.run(
            ["git", "-C", str(tmp_path), *identity, *words], check=True, capture_output=True
        )

    git("init")
    git("add", ".")
    git("commit", "-m", "all")
    (tree / "pkg" / "plain.py").write_text("x = 1\n")
    before = state(tree)
    assert main(["optimize", "src", "--in-place"]) == 2
    assert "uncommitted changes in src/pkg/plain.py" in capsys.readouterr().err
    assert main(["optimize", "src", "--in-place", "--force"]) == 0
    assert state(tree) == before  # nothing tells the types
    git("commit", "-a", "-m", "more")
    assert main(["optimize", "src", "--in-place"]) == 0


def test_when_time_is_up_the_rest_is_declined(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["optimize", "src", "-o", "out", "--time-limit", "0.000001"]) == 0
    assert "LW505" in capsys.readouterr().out
    assert state(tree) == state(Path("out"))


def test_a_single_file_goes_into_the_output_folder(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["optimize", "src/pkg/heat.py", "-o", "out"]) == 0
    assert state(Path("out")) == {"heat.py": HEAT.encode()}
    out = capsys.readouterr().out
    assert "nothing tells the types of `X`" in out
