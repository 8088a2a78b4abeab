"""A run that was stopped goes on where it was; one that is through begins anew the next time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from small_tree import QUICK, run

SLOW = "import numpy as np\n\n\n" + "\n\n\n".join(
    f"def f{k}(x):\n    s = 0.0\n    for i in range(len(x)):\n        s += x[i] * {k}.5\n    return s"
    for k in (1, 2)
)
USE = """\
import sys
sys.path.insert(0, {!r})
import numpy as np
from heat import f1, f2
for _ in range(3):
    print(f1(np.arange(20000.0)), f2(np.arange(9000.0)))
"""
SETTLED = "settled before the run was stopped"


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A run that takes some seconds for each of two regions."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "heat.py").write_text(SLOW)
    (tmp_path / "use.py").write_text(USE.format(str(tmp_path / "src")))
    (tmp_path / "pyproject.toml").write_text(QUICK)
    workload = f"{sys.executable} use.py"
    words = ["optimize", "src", "-o", "out", "--workload", workload, "--json", "report.json"]
    return [*words, "--backend", "numba"]


def settled(folder: Path) -> list[Path]:
    return [*(folder / "cache" / "loopwright" / "unfinished").rglob("*.json")]


def regions(folder: Path) -> list[dict[str, Any]]:
    return list(json.loads((folder / "report.json").read_text())["regions"])


def test_what_was_settled_before_a_kill_is_not_done_again(
    command: list[str], tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "loopwright", *command],
        cwd=tmp_path, process_group=0, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not settled(tmp_path):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "out").exists()
    count = len(settled(tmp_path))
    assert run(*command, cwd=tmp_path).returncode == 0
    found = regions(tmp_path)
    assert [r["status"] for r in found] == ["rewritten"] * 2
    again = [r for r in found if SETTLED in r["notes"]]
    assert len(again) == count >= 1
    assert again[0]["evidence"]["inputs"] > 0 and again[0]["speedup"]
    assert settled(tmp_path) == []
    before, after = (_printed(tmp_path, folder) for folder in ("src", "out"))
    assert before == after


def test_a_run_that_is_through_leaves_nothing_for_the_next(
    command: list[str], tmp_path: Path
) -> None:
    assert run(*command, cwd=tmp_path).returncode == 0
    assert settled(tmp_path) == []
    assert all(SETTLED not in r["notes"] for r in regions(tmp_path))


def _printed(folder: Path, tree: str) -> str:
    (folder / "again.py").write_text(USE.format(str(folder / tree)))
    done = subprocess.run(
        [sys.executable, "-W", "error", "again.py"],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout
