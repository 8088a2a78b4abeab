"""The small tree that the tests of the command line work on, and ways to run the command."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEAT = '''\
"""Sums."""
import numpy as np


def norm(X):
    s = 0.0
    for x in X:  # one by one
        s += x * x
    return s


def words(lines):
    out = {}
    for line in lines:
        for w in line.split():
            out[w] = out.get(w, 0) + 1
    return out
'''
RUN = """\
import sys
sys.path.insert(0, {folder!r})
import numpy as np
from pkg.heat import norm, words
print(norm(np.arange(3000.0)), words(["a b", "b"]))
"""
QUICK = "[tool.loopwright]\nverify-time = 0.6\nmeasure-time = 0.6\n"
CALM = "[tool.loopwright]\nverify-time = 1.5\nmeasure-time = 0.6\nmin-share = 0.0\n"
"""For tests of what is rewritten: nothing that a busy machine does slowly is a difference or too little."""
PLAIN = "def first(xs):\n    return xs[0]\n"


@dataclass(frozen=True)
class Optimized:
    """One run of `optimize`, which the tests look at and copy."""

    folder: Path
    source: Path
    output: Path
    printed: str
    report: dict[str, Any]


def make_tree(folder: Path) -> Path:
    """`folder/src` with a package, `folder/run.py`, which uses it, and options for haste."""
    package = folder / "src" / "pkg"
    package.mkdir(parents=True)
    (package / "__init__.py").write_bytes(b"")
    (package / "heat.py").write_text(HEAT)
    (package / "plain.py").write_bytes(PLAIN.replace("\n", "\r\n").encode())
    (package / "notes.txt").write_text("kept\n")
    (folder / "run.py").write_text(RUN.format(folder=str(folder / "src")))
    (folder / "pyproject.toml").write_text(QUICK)
    return folder / "src"


def workload(folder: Path) -> str:
    return f"{sys.executable} {folder / 'run.py'}"


def state(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def run(
    *words: object, cwd: Path, cache: Path | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """`loopwright words...` in a process of its own."""
    environment = dict(os.environ)
    if cache is not None:
        environment["XDG_CACHE_HOME"] = str(cache)
    return subprocess.run(
        [sys.executable, "-m", "loopwright", *map(str, words)],
        cwd=cwd, env=environment, capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip


def optimized(folder: Path, script: str, source: str = "src") -> None:
    """`fast` beside the tree `source`, with Numba's kernels, and `report.json`; `script` is the workload."""
    done = run(
        "optimize", source, "-o", "fast", "--workload", f"{sys.executable} {script}",
        "--backend", "numba", "--json", "report.json", cwd=folder, cache=folder / "cache",
        timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
