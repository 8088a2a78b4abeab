"""Functions of which only the end can be compiled, with the `return`s in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from small_tree import CALM, optimized, run

MODULE = """\
import json

import numpy as np

LOG = []


def first_above(text, limit):
    tries = 0
    xs = json.loads(text)
    for k in range(len(xs)):
        for j in range(k):
            tries += 1
            if xs[k] * xs[j] > limit:
                return k, j
    return None


def norm(text):
    xs = json.loads(text)
    LOG.append(len(xs))
    return sum(x * x for x in xs)


class Tracker:
    def __init__(self):
        self.last = None
        self.seen = 0

    def step(self, text, quick=False):
        xs = np.array(json.loads(text))
        self.seen += 1
        if quick:
            return xs
        for k in range(1, len(xs)):
            xs[k] = 0.5 * xs[k - 1] + xs[k]
            if xs[k] > 1e6:
                self.last = k
                return xs
        self.last = -1
        return xs


def later(text):
    calls = []
    total = 0
    calls.append(lambda: total)
    xs = json.loads(text)
    for x in xs:
        if x > 1e9:
            return calls
        total += x
    return calls


def shared(text):
    xs = json.loads(text)
    ys = xs
    for k in range(1, len(xs)):
        if xs[k] > 1e9:
            return ys
        xs[k] += ys[k - 1]
    return ys


def steps(text):
    xs = json.loads(text)
    yield len(xs)
    for x in xs:
        if x > 1e9:
            return 1
    return 2
"""
WORKLOAD = """\
import json
import sys

sys.path.insert(0, "src")
import ends

text = json.dumps([float(k % 7) for k in range(20000)])
short = json.dumps([1.0] * 600 + [30.0, 1.0])
for _ in range(3):
    ends.first_above(short, 29.5), ends.first_above(short, 1e9), ends.norm(text), ends.later(text)
    ends.Tracker().step(text), ends.shared(text), list(ends.steps(text))
"""
CHECK = """\
import json
import sys

sys.path.insert(0, sys.argv[1])
import ends

found = []
for xs in ([], [1.5], [float(k % 7) for k in range(3000)], [0.5, 2e9, 3.0], [1.0, 2.0, 1e7, 5.0]):
    text = json.dumps(xs)
    tracker = ends.Tracker()
    steps = ends.steps(text)
    found.append([
        ends.first_above(text, 30.0), ends.first_above(text, 12.5), ends.norm(text) if xs else 0,
        tracker.step(text).tolist(), tracker.last, tracker.step(text, quick=True).tolist(),
        tracker.seen, [call() for call in ends.later(text)], ends.shared(text), list(steps),
    ])
print(json.dumps([found, ends.LOG]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ends")
    (folder / "src").mkdir()
    (folder / "src" / "ends.py").write_text(MODULE)
    (folder / "check.py").write_text(CHECK)
    (folder / "work.py").write_text(WORKLOAD)
    (folder / "pyproject.toml").write_text(CALM)
    optimized(folder, "work.py")
    return folder


def output(folder: Path, source: str) -> str:
    done = subprocess.run(
        [sys.executable, "check.py", source], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_end_is_compiled_with_its_returns(folder: Path) -> None:
    regions = json.loads((folder / "report.json").read_text())["regions"]
    done = {r["name"]: (r["status"], r["code"], r["reason"]) for r in regions}
    text = (folder / "fast" / "ends.py").read_text()
    assert {name for name, (status, *_) in done.items() if status == "rewritten"} == {
        "first_above", "norm", "Tracker.step", "shared",
    }, done  # fmt: skip
    assert text.count("return _out") == 4


ANSWERS = """
import json
import sys
sys.path.insert(0, "fast")
import ends

answered = []


def noting(name, kernel):
    def call(*args):
        result = kernel(*args)
        if result is not None:
            answered.append(name)
        return result

    return call


held = vars(ends._kernels)
held.update({name: noting(name, f) for name, f in held.items() if not name.startswith("_")})
text = json.dumps([float(k % 7) for k in range(20000)])
short = json.dumps([1.0] * 600 + [30.0, 1.0])
ends.first_above(short, 29.5), ends.first_above(short, 1e9), ends.norm(text)
ends.Tracker().step(text), ends.shared(text)
print(*answered)
"""


def test_the_kernels_answer_also_where_nothing_is_found(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ANSWERS], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["first_above", "first_above", "norm", "tracker_step", "shared"]


def test_the_results_are_the_same(folder: Path) -> None:
    assert output(folder, "fast") == output(folder, "src")


def test_the_original_can_be_restored(folder: Path) -> None:
    assert run("revert", "fast", cwd=folder).returncode == 0
    assert (folder / "fast" / "ends.py").read_text() == MODULE
