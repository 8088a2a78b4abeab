"""A tree whose loops call functions that attributes and parameters hold, from file to file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from small_tree import QUICK, run

NET = """
import numpy as np

from .parts import spread, squash


class Net:
    def __init__(self, act):
        acts = {"relu": self.relu, "leaky": self.leaky}
        self.act = acts[act]
        self.w = np.linspace(-1.0, 1.0, 40)
        self.calls = 0

    def relu(self, v):
        return v if v > 0 else 0.0

    def leaky(self, v):
        return v if v > 0 else 0.1 * v

    def forward(self, xs, verbose=False):
        total = 0.0
        if verbose:
            print("forward", len(xs))
        for x in xs:
            self.calls += 1
            for w in self.w:
                total += self.act(x * w)
        return total


def fold(xs, f):
    total = 0.0
    for x in xs:
        for k in range(40):
            total += squash(f(x + k))
    return total


def spreads(xs):
    total = 0.0
    for k in range(1, len(xs)):
        total += spread(xs[:k])
    return total
"""
PARTS = """
LIMIT = 9.5


def squash(v):
    return v if v < LIMIT else LIMIT


def spread(values):
    top = values[0]
    for v in values:
        top = v if v > top else top
    total = 0.0
    for v in values:
        total += (v - top) * (v - top)
    return total
"""
SCRIPT = """
import sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from pkg.net import Net, fold, spreads
from pkg.parts import spread
xs = np.linspace(-3.0, 2.0, 500)
net = Net("leaky")
print(net.forward(xs, verbose=True), net.calls)
print(fold(xs, lambda v: v * v - 1.0))
other = Net("relu")
print(other.forward(xs), fold(xs, abs))
print(spreads(xs), sum(spread(xs[k:]) for k in range(499)))
"""
TAKEN = """
import sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from pkg import net
from pkg.net import spreads
taken = net._kernels.spreads
net._kernels.spreads = lambda *given: print("kernel", taken(*given) is not None)
spreads(np.linspace(-3.0, 2.0, 500))
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("callables")
    package = folder / "src" / "pkg"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "net.py").write_text(NET)
    (package / "parts.py").write_text(PARTS)
    (folder / "run.py").write_text(SCRIPT)
    (folder / "pyproject.toml").write_text(QUICK)
    command = f"{sys.executable} run.py src"
    done = run(
        "optimize", "src", "-o", "fast", "--workload", command, "--backend", "numba",
        "--accuracy", "bitwise",
        "--json", "report.json", cwd=folder, cache=folder / "cache", timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def output(folder: Path, source: str) -> str:
    done = subprocess.run(
        [sys.executable, "run.py", source], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_loops_are_rewritten_and_compute_the_same(tree: Path) -> None:
    regions = json.loads((tree / "report.json").read_text())["regions"]
    done = {r["name"] for r in regions if r["status"] == "rewritten"}
    assert done >= {"Net.forward", "fold", "spreads", "spread"}
    assert output(tree, "fast") == output(tree, "src")


def test_a_kernel_runs_whose_helper_in_another_file_got_kernels_too(tree: Path) -> None:
    (tree / "taken.py").write_text(TAKEN)
    command = [sys.executable, "taken.py", "fast"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True)
    assert done.stdout == "kernel True\n"


def test_an_edit_of_what_they_call_is_noticed(tree: Path) -> None:
    assert run("check", "fast", cwd=tree).returncode == 0
    net = tree / "fast" / "pkg" / "net.py"
    before = net.read_text()
    net.write_text(before.replace("else 0.1 * v", "else 0.2 * v"))
    (tree / "src" / "pkg" / "net.py").write_text(NET.replace("else 0.1 * v", "else 0.2 * v"))
    assert "LW601" in run("check", "fast", cwd=tree).stdout
    assert output(tree, "fast") == output(tree, "src")
    net.write_text(before)
    (tree / "src" / "pkg" / "net.py").write_text(NET)


@pytest.mark.parametrize("old, new", [("9.5", "1.5"), ("< LIMIT", "< LIMIT - 1")])
def test_an_edit_of_another_file_is_noticed_where_the_code_runs(
    tree: Path, old: str, new: str
) -> None:
    for place in ("fast", "src"):
        (tree / place / "pkg" / "parts.py").write_text(PARTS.replace(old, new))
    assert output(tree, "fast") == output(tree, "src")
    for place in ("fast", "src"):
        (tree / place / "pkg" / "parts.py").write_text(PARTS)
