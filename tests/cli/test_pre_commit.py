"""The hook under the real `pre-commit`, in a repository of its own.

The definition is the one that ships, but with `language: system`: making the hook's own environment would
download loopwright's dependencies.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_tree import Optimized

HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"


@pytest.fixture
def repository(optimized: Optimized, tmp_path: Path) -> Path:
    """A git repository with a rewritten tree and the hook."""
    pytest.importorskip("pre_commit")
    shutil.copytree(optimized.output, tmp_path / "repo")
    hook = HOOKS.read_text().replace("language: python", "language: system")
    assert "language: system" in hook
    indented = "".join(f"      {line}\n" for line in hook.splitlines())
    config = f"repos:\n  - repo: local\n    hooks:\n{indented}"
    (tmp_path / "repo" / ".pre-commit-config.yaml").write_text(config)
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    script = bin_folder / "loopwright"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m loopwright "$@"\n')
    script.chmod(0o755)
    for words in (["init"], ["add", "."], ["commit", "-m", "all"]):
        assert git(tmp_path, *words).returncode == 0
    return tmp_path


def environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(folder / "pre-commit"),
        "GIT_CONFIG_GLOBAL": os.devnull,
    }


def git(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.invalid", *words]
    return subprocess.run(
        command, cwd=folder / "repo", env=environment(folder), capture_output=True, text=True, check=False
    )  # fmt: skip


def commit(folder: Path) -> subprocess.CompletedProcess[str]:
    """Stage everything and run the hook as a commit would."""
    git(folder, "add", ".")
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run"],
        cwd=folder / "repo", env=environment(folder), capture_output=True, text=True, check=False,
    )  # fmt: skip


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_stale_kernel_stops_the_commit(repository: Path) -> None:
    edit(repository / "repo" / "pkg" / "heat.py", "s += x * x", "s += x")
    done = commit(repository)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "LW601" in done.stdout


def test_an_edited_kernel_stops_the_commit(repository: Path) -> None:
    kernel = next((repository / "repo").rglob("_loopwright/*_numba_*.py"))
    kernel.write_text(kernel.read_text() + "# edited\n")
    done = commit(repository)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "LW602" in done.stdout


def test_an_edit_beside_the_loops_passes(repository: Path) -> None:
    edit(repository / "repo" / "pkg" / "heat.py", '"""Sums."""', '"""Sums and words."""')
    done = commit(repository)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout
