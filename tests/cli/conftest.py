from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import small_tree
from small_tree import Optimized


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder holds `src` and `run.py`."""
    monkeypatch.chdir(tmp_path)
    return small_tree.make_tree(tmp_path)


@pytest.fixture(scope="session")
def optimized(tmp_path_factory: pytest.TempPathFactory) -> Optimized:
    folder = tmp_path_factory.mktemp("optimized")
    source = small_tree.make_tree(folder)
    done = small_tree.run(
        "optimize", "src", "-o", "fast", "--workload", small_tree.workload(folder),
        "--backend", "numba", "--json", "report.json", cwd=folder, cache=folder / "cache",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads((folder / "report.json").read_text())
    return Optimized(folder, source, folder / "fast", done.stdout, report)
