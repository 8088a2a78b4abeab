"""`optimize --emit-tests`: files that pass on the rewritten tree, and fail once a kernel is wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import small_tree

from loopwright.cli import main

PROGRAM = """\
import numpy as np


def norm(X):
    s = 0.0
    for x in X:
        s += x * x
    return s


class Line:
    def __init__(self, k, b):
        self.k = k
        self.b = b

    def at(self, xs):
        out = np.empty(len(xs))
        for i in range(len(xs)):
            out[i] = self.k * xs[i] + self.b
        return out


def make(k):
    def scaled(xs):
        s = 0.0
        for x in xs:
            s += k * x
        return s

    return scaled
"""
RUN = """\
import sys
sys.path.insert(0, {folder!r})
import numpy as np
from pkg.m import Line, make, norm
numbers = np.random.default_rng(0).random(3000)
print(norm(numbers), Line(2.0, 1.0).at(numbers), make(2.0)(numbers))
"""


@dataclass(frozen=True)
class Kept:
    """A tree that was optimised with tests, and what was said."""

    folder: Path
    printed: str
    report: dict[str, dict[str, Any]]


def optimize(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return small_tree.run(
        "optimize", "src", *words, "--workload", small_tree.workload(folder), "--backend", "numba",
        "--json", "report.json", cwd=folder, cache=folder / "cache",
    )  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("kept")
    (folder / "src" / "pkg").mkdir(parents=True)
    (folder / "src" / "pkg" / "__init__.py").touch()
    (folder / "src" / "pkg" / "m.py").write_text(PROGRAM)
    (folder / "run.py").write_text(RUN.format(folder=str(folder / "src")))
    (folder / "pyproject.toml").write_text(small_tree.QUICK)
    done = optimize(folder, "-o", "fast", "--emit-tests", "fast/tests")
    assert done.returncode == 0, done.stderr
    regions = json.loads((folder / "report.json").read_text())["regions"]
    return Kept(folder, done.stdout, {r["name"]: r for r in regions})


@pytest.fixture
def fast(kept: Kept, tmp_path: Path) -> Path:
    """A copy of the rewritten tree, elsewhere."""
    shutil.copytree(kept.folder / "fast", tmp_path / "fast")
    return tmp_path / "fast"


def run(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "tests"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=300)


def test_each_rewritten_region_has_a_file_or_a_reason(kept: Kept) -> None:
    files = {name: region["test"] for name, region in kept.report.items()}
    assert files == {
        "norm": "fast/tests/test_pkg_m_norm.py",
        "Line.at": "fast/tests/test_pkg_m_line_at.py",
        "make.<locals>.scaled": None,
    }
    assert "tests: 2 in fast/tests" in kept.printed
    assert "make.<locals>.scaled: it is defined inside of another function" in kept.printed


def test_the_files_pass_on_the_rewritten_tree_and_need_nothing_of_ours(fast: Path) -> None:
    for file in (fast / "tests").glob("test_*.py"):
        assert "import loopwright" not in file.read_text()
    done = run(fast)
    assert "2 passed" in done.stdout, done.stdout


def test_a_wrong_kernel_fails(fast: Path) -> None:
    kernel = fast / "pkg" / "_loopwright" / "m_numba_line_at.py"
    text = kernel.read_text()
    assert " + " in text
    kernel.write_text(text.replace(" + ", " - "))
    done = run(fast)
    assert "1 failed, 1 passed" in done.stdout, done.stdout


def test_without_kernels_the_tests_are_skipped_with_a_reason(fast: Path) -> None:
    shutil.rmtree(fast / "pkg" / "_loopwright")
    done = run(fast)
    assert "2 skipped" in done.stdout and "the kernels cannot be loaded" in done.stdout


def test_linters_leave_the_files_alone(kept: Kept) -> None:
    files = list((kept.folder / "fast" / "tests").glob("*.py"))
    for check in (["black", "--check"], ["ruff", "check", "--isolated"]):
        done = subprocess.run(
            [sys.executable, "-m", *check, *files], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_bytes_each_time_and_in_place(kept: Kept, tmp_path: Path) -> None:
    for name in ("src", "run.py", "pyproject.toml", "cache"):
        place = kept.folder / name
        copy = shutil.copytree if place.is_dir() else shutil.copy
        copy(place, tmp_path / name)
    (tmp_path / "run.py").write_text(RUN.format(folder=str(tmp_path / "src")))
    done = optimize(tmp_path, "--in-place", "--emit-tests", "src/tests")
    assert done.returncode == 0, done.stderr
    for file in (kept.folder / "fast" / "tests").glob("*.py"):
        assert (tmp_path / "src" / "tests" / file.name).read_bytes() == file.read_bytes()


def test_a_diff_has_no_tree_to_test(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["optimize", "src", "--diff", "--emit-tests", "kept"]) == 2
    assert "--emit-tests needs a tree to test: -o or --in-place" in capsys.readouterr().err
    assert not Path("kept").exists()


def test_a_file_is_no_folder_for_tests(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("kept").write_text("")
    assert main(["optimize", "src", "-o", "out", "--emit-tests", "kept"]) == 2
    assert "kept: is a file" in capsys.readouterr().err
    assert not Path("out").exists()
