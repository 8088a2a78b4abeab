"""Help is quick: it imports none of the compiler."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from loopwright.cli import main

COMMANDS = [
    "optimize",
    "trace",
    "explain",
    "verify",
    "check",
    "revert",
    "build",
    "wheel",
    "why",
    "passes",
    "backends",
    "opt",
]
HEAVY = {"numpy", "numba", "libcst", "islpy", "rich", "hypothesis", "loopwright.config"}


@pytest.mark.parametrize("words", [[], *([c] for c in COMMANDS)], ids=lambda w: " ".join(w) or "-")
def test_help_is_printed(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(" ".join(["usage: loopwright", *words]))


def test_the_commands_in_the_help_are_those_that_run() -> None:
    from loopwright.commands import COMMANDS as runs

    assert sorted(runs) == sorted(COMMANDS)


def test_help_imports_nothing_heavy() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "loopwright", "optimize", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "argparse" in imported
    assert not imported & HEAVY


def test_only_the_worker_imports_hypothesis() -> None:
    code = "import sys, loopwright.api, loopwright.commands; print('hypothesis' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]


@pytest.mark.parametrize("command", ["check", "explain"])
def test_commands_that_edit_nothing_do_without_libcst(command: str, tmp_path: Path) -> None:
    (tmp_path / "mod.py").write_text("def f(X):\n    for x in X:\n        X[0] += x\n")
    words = [sys.executable, "-X", "importtime", "-m", "loopwright", command, str(tmp_path)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environment)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "loopwright.commands" in imported
    assert not {name for name in imported if name.partition(".")[0] == "libcst"}


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.split()[0] == "loopwright"
