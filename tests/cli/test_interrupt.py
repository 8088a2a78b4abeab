"""Ctrl-C and `kill -9` at any moment: each file is old or new, and no process is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_tree import run, state, workload

AFTER_WORKLOAD = (0.0, 1.5, 4.0)


def start(folder: Path, command: str, mark: str) -> subprocess.Popen[str]:
    words = ["optimize", "src", "--in-place", "--backend", "numba", "--workload", command]
    return subprocess.Popen(
        [sys.executable, "-m", "loopwright", *words],
        cwd=folder, env={**os.environ, "LOOPWRIGHT_TEST": mark}, process_group=0, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=_heed_interrupts,
    )  # fmt: skip


def _heed_interrupts() -> None:
    """Shells start what runs in the background with Ctrl-C ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def left_over(mark: str, patience: float) -> list[str]:
    """Command lines of the processes that the run started and that still live after `patience` seconds."""
    deadline = time.monotonic() + patience
    while True:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark.encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, "the workload never ran"
        time.sleep(0.02)


def sources(folder: Path) -> dict[str, bytes]:
    return {k: v for k, v in state(folder / "src").items() if "__pycache__" not in k}


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("delay", AFTER_WORKLOAD, ids=lambda d: f"{d} s after the workload")
def test_ctrl_c_leaves_whole_files_and_no_process(delay: float, tree: Path, tmp_path: Path) -> None:
    with (tmp_path / "run.py").open("a") as script:
        script.write(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    before = sources(tmp_path)
    mark = f"loopwright-test-{os.getpid()}-{delay}"
    process = start(tmp_path, workload(tmp_path), mark)
    wait_for(tmp_path / "ran")
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert left_over(mark, 5) == []
    if process.returncode == 0:  # a fast machine was done before
        assert run("check", "src", cwd=tmp_path).returncode == 0
        return
    assert process.returncode == 130
    assert error.endswith("loopwright: interrupted; every file is as it was, or whole\n")
    assert sources(tmp_path) == before


@pytest.mark.parametrize("then", ["raise", "raise SystemExit(1)", "pass"])
def test_ctrl_c_during_the_workload_is_an_interrupt(then: str, tree: Path, tmp_path: Path) -> None:
    """Whatever the workload makes of it."""
    (tmp_path / "run.py").write_text(
        f"import time\nopen({str(tmp_path / 'ran')!r}, 'w').close()\n"
        f"try:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    {then}\n"
    )
    before = sources(tmp_path)
    process = start(tmp_path, workload(tmp_path), "")
    wait_for(tmp_path / "ran")
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in error
    assert sources(tmp_path) == before


def test_a_killed_run_leaves_the_sources_as_they_were(tree: Path, tmp_path: Path) -> None:
    with (tmp_path / "run.py").open("a") as script:
        script.write(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    before = sources(tmp_path)
    process = start(tmp_path, workload(tmp_path), "")
    wait_for(tmp_path / "ran")
    process.kill()
    process.communicate(timeout=30)
    assert sources(tmp_path) == before
