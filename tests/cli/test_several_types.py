"""Regions that were recorded with several types: a kernel for each of the frequent ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from small_tree import CALM, optimized

MODULE = """\
import numpy as np


def smoothed(x, weight):
    total = 0
    for k in range(1, len(x)):
        total = total + (x[k] - x[k - 1]) * (x[k] - x[k - 1]) * weight
        if total > 1000000:
            total = total - 1000000
    return total


class Scale:
    def __init__(self, mode, table):
        self.mode = mode
        self.table = table

    def run(self, x):
        out = np.zeros(len(x))
        for k in range(1, len(x)):
            if self.mode == "table":
                out[k] = out[k - 1] * 0.5 + self.table[k % 3] * x[k]
            else:
                out[k] = out[k - 1] * 0.5 + x[k]
        return out
"""
CALLS = """\
import numpy as np
from several import Scale, smoothed

floats = [float(k % 17) for k in range(20000)]
for _ in range(3):
    smoothed(floats, 2.0)
    smoothed([k % 17 for k in range(20000)], 2)
    smoothed(np.arange(20000) % 17, 2)
x = np.arange(20000) % 7.0
for _ in range(3):
    Scale("table", np.array([1.0, 2.0, 3.0])).run(x)
    Scale("plain", None).run(x)
"""
CHECK = """\
import json
import sys
import numpy as np

sys.path.insert(0, sys.argv[1])
import several

answers = [0]


def counted(kernel):
    def call(*args):
        result = kernel(*args)
        answers[0] += result is not None
        return result

    return call


held = vars(several._kernels) if hasattr(several, "_kernels") else {}
held.update({name: counted(f) for name, f in held.items() if not name.startswith("_")})
found = []
floats = [float(k % 13) for k in range(20000)]
ints = [k % 13 for k in range(20000)]
array = np.arange(20000) % 13
for x, weight in ((floats, 2.0), (ints, 2), (array, 2), (array.astype("float32"), 2), ((1, 2, 3), 2)):
    before = answers[0]
    found.append((repr(several.smoothed(x, weight)), answers[0] > before))
x = np.arange(20000) % 5.0
for args in (("table", np.array([1.0, 2.0, 3.0])), ("plain", None), ("table", [1.0, 2.0, 3.0])):
    before = answers[0]
    found.append((repr(several.Scale(*args).run(x).sum()), answers[0] > before))
print(json.dumps(found))
"""


def output(folder: Path, *command: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("types")
    (folder / "tree").mkdir()
    (folder / "tree" / "several.py").write_text(MODULE)
    (folder / "calls.py").write_text(
        f"import sys\nsys.path.insert(0, {str(folder / 'tree')!r})\n{CALLS}"
    )
    (folder / "check.py").write_text(CHECK)
    (folder / "pyproject.toml").write_text(CALM)
    optimized(folder, "calls.py", "tree")
    return folder


def test_each_of_the_recorded_types_has_a_kernel(folder: Path) -> None:
    plain = json.loads(output(folder, "check.py", "tree"))
    fast = json.loads(output(folder, "check.py", "fast"))
    assert [value for value, _ in fast] == [value for value, _ in plain]
    answered = [kernel for _, kernel in fast]
    assert answered == [True, True, True, False, False, True, True, False]


def test_the_report_tells_what_there_are_kernels_for(folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text())
    notes = {r["name"]: r["notes"] for r in report["regions"]}
    told = [
        note for note in notes["smoothed"] if "`x` of type " in note and ", too: numba, " in note
    ]
    assert len(told) == 2, notes
    (mode,) = [note for note in notes["Scale.run"] if "for `self.mode` equal to " in note]
    assert ", too: numba, " in mode
