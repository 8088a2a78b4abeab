"""A whole package: its own tests are recorded, and pass on what is installed of the rewritten tree."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from loopwright.cli import main

NAME = "minisom"
"""A development dependency whose module holds its tests, so that no download is needed."""
PROJECT = f"""\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "{NAME}"
version = "{version(NAME)}"
[tool.setuptools]
py-modules = ["{NAME}"]
[tool.loopwright]
verify-time = 1.0
measure-time = 1.0
"""
KERNELS = """\
import sys, pytest
code = pytest.main(sys.argv[1:])
print(any("minisom_" in name for name in sys.modules))
sys.exit(code)
"""


def python(site: Path, *words: str) -> str:
    """What Python says with the modules in `site`; a kernel that is not used is an error."""
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-P", "-W", "error:loopwright", *words]
    done = subprocess.run(
        command, cwd=site, env=environment, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def own_tests(folder: Path) -> list[str]:
    """Arguments of Python that run them and tell whether a kernel was loaded."""
    return [
        "-c",
        KERNELS,
        str(folder / f"{NAME}.py"),
        *("-q", "-p", "no:cacheprovider", "-c", os.devnull),
    ]


def passed(said: str) -> str:
    found = re.search(r"\d+ passed", said)
    assert found and "failed" not in said
    return found[0]


def test_its_own_tests_pass_on_what_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = importlib.util.find_spec(NAME)
    assert origin is not None and origin.origin is not None
    project, fast = tmp_path / "project", tmp_path / "fast"
    project.mkdir()
    shutil.copy(origin.origin, project)
    (project / "pyproject.toml").write_text(PROJECT)
    trace, report = tmp_path / "tests.trace", tmp_path / "report.json"
    # one test has a loop of its own that takes most of the time
    recorded = [sys.executable, "-P", *own_tests(project), "--assert=plain", "-k", "not use_epochs"]
    monkeypatch.setenv("PYTHONPATH", str(project))
    assert main(["trace", "-o", str(trace), "--source", str(project), "--", *recorded]) == 0
    limits = ["--min-share", "0.06", "--time-limit", "240"]
    words = ["optimize", str(project), "-o", str(fast), "--trace", str(trace), *limits]
    assert main([*words, "--json", str(report)]) == 0
    regions = json.loads(report.read_text())["regions"]
    rewritten = {r["name"] for r in regions if r["status"] == "rewritten"}
    assert "MiniSom.train_batch_offline" in rewritten
    assert not [r for r in regions if r["status"] == "failed"]
    assert all(r["code"] and r["reason"] for r in regions if r["status"] == "declined")
    assert main(["wheel", str(fast), "-o", str(tmp_path), "--no-build-isolation"]) == 0
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target"]
    subprocess.run([*pip, str(site), str(wheel)], check=True, timeout=120)
    before = python(project, *own_tests(project))
    after = python(site, *own_tests(site))
    assert passed(before) == passed(after)
    assert before.endswith("False\n") and after.endswith("True\n")
    assert main(["check", str(fast)]) == 0
    assert main(["revert", str(fast)]) == 0
    assert (fast / f"{NAME}.py").read_bytes() == (project / f"{NAME}.py").read_bytes()
