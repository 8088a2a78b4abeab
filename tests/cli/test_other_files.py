"""Generators and methods that stand in other files, objects whose class only a recording tells, and branches
that only the original can do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from small_tree import CALM, optimized

BASES = """
import numpy as np

scale = 2


offset = 3


def shifted(v, by=offset):
    return v + by * offset


def spread(xs, by=1 << 2):
    for each in [offset * one for one in xs]:
        yield each * by


offset = 4


class Batches:
    def batches(self, rng, count, rows, shuffle=True):
        order = np.arange(rows.shape[0])
        if shuffle:
            order = rng.permutation(order)
        if count > 1:
            left = rows.shape[0] % count
            if left:
                parts = np.array_split(order[:-left], count)
                parts[-1] = np.concatenate((parts[-1], order[-left:]), axis=0)
            else:
                parts = np.array_split(order, count)
        else:
            parts = (order,)
        for each in parts:
            yield each


class Steps:
    rate = 0.25

    def steps(self, n):
        for k in range(0, n, scale):
            yield k * self.factor()

    def factor(self):
        return 3

    def damped(self, v):
        return v * self.rate
"""
INIT = """
from .bases import Batches, Steps
"""
MODEL = """
import numpy as np

from .parts import Batches, Steps
from .parts.bases import shifted, spread
from .penalties import Size, Square

scale = 1000


class Model(Batches, Steps):
    def __init__(self, epochs):
        self.epochs = epochs
        self.costs = []

    def fit(self, x, y, seed):
        rng = np.random.RandomState(seed)
        w = np.zeros((x.shape[1], 1))
        b = np.zeros(1)
        for _ in range(self.epochs):
            wrong = 0
            for at in self.batches(rng, y.shape[0], y):
                change = 0.1 * (y[at] - self.sign(x[at], w, b))
                w += (change * x[at]).reshape(w.shape)
                b += change
                wrong += int(change.item() != 0.0)
            self.costs.append(wrong)
        return w, b, rng.random_sample()

    def sign(self, x, w, b):
        return np.where((np.dot(x, w) + b).flatten() < 0.0, -1.0, 1.0)

    def shift(self, x):
        total = 0.0
        for k in range(len(x)):
            total = total * 0.5 + shifted(x[k])
        return total

    def spread(self, x):
        total = 0.0
        for v in spread(x):
            total = total * 0.5 + v
        return total

    def ascend(self, x):
        total = 0.0
        for k in range(len(x)):
            total = 0.5 * total + self.penalty(x[k]) + self.penalty.slope(x[k])
        return total

    def walk(self, x):
        total = 0.0
        for k in self.steps(len(x)):
            total = self.damped(total) + x[k % len(x)] * scale
        return total

    def drawn(self, rng, x):
        total = 0.0
        for k in range(len(x)):
            x[k] += rng.random()
            if x[k] < 0.0:
                parts = np.array_split(x, 2)
                parts[0] = x[k:]
                total += parts[0][0]
            total += x[k]
        return total

    def often(self, x):
        total = 0.0
        for k in range(len(x)):
            if x[k] < 0.5:
                parts = np.array_split(x, 2)
                parts[0] = x[k:]
                total += parts[0][0]
            total += x[k]
        return total


class Squared(Model):
    def __init__(self, weight):
        self.penalty = Square(weight)
        super().__init__(1)


class Sized(Model):
    def __init__(self, weight):
        self.penalty = Size(weight)
        super().__init__(1)
"""
PENALTIES = """
class Square:
    def __init__(self, weight):
        self.weight = weight

    def __call__(self, v):
        return self.weight * v * v

    def slope(self, v):
        return 2.0 * self.weight * v


class Size:
    def __init__(self, weight):
        self.weight = weight

    def __call__(self, v):
        return self.weight * abs(v)

    def slope(self, v):
        return self.weight if v > 0.0 else -self.weight
"""
SCRIPT = """
import sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from pkg import model, penalties
from pkg.parts import bases

def told(f, *args):
    try:
        return repr(f(*args))
    except Exception as error:
        return type(error).__name__, str(error)

rng = np.random.RandomState(0)
x = rng.standard_normal((60, 4))
y = np.where(x @ np.arange(4.0) < 0.3, -1.0, 1.0)
long = np.abs(rng.standard_normal(3000))
for _ in range(3):
    m = model.Model(12)
    print(told(m.fit, x, y, 3), m.costs[-1])
    print(told(m.walk, long))
    print(told(m.shift, long), told(m.spread, long))
    print(told(model.Squared(0.25).ascend, long), told(model.Sized(0.25).ascend, long))
    z = long.copy()
    r = np.random.RandomState(1)
    print(told(m.drawn, r, z), z.sum(), r.random_sample(), len(m.costs))
    print(told(m.often, long), len(m.costs))
if len(sys.argv) > 2:
    for seed, count in ((1, 7), (2, 1), (3, 60)):
        m = model.Model(3)
        m.batches = lambda r, n, rows: bases.Batches.batches(m, r, count, rows)
        print(told(m.fit, x, y, seed), m.costs)
    m = model.Model(5)
    print(told(m.fit, x[:1], y[:1], 3), told(m.fit, x[:0], y[:0], 3), m.costs)
    z = long.copy()
    z[-1] = -9.5
    r = np.random.RandomState(1)
    print(told(m.drawn, r, z), z.sum(), r.random_sample(), m.costs)
    bases.offset = 9
    print(told(m.shift, long), told(m.spread, long))
    bases.spread.__defaults__ = (2,)
    print(told(m.spread, long))
    bases.scale = 3
    print(told(m.walk, long))
    bases.scale = 2
    model.scale = 7
    print(told(m.walk, long))
    bases.Steps.rate = 0.5
    print(told(m.walk, long))
    bases.Batches.damped = lambda self, v: v * 0.75
    print(told(m.walk, long))
    del bases.Batches.damped
    bases.Steps.factor = lambda self: 5
    print(told(m.walk, long))

    class Sub(model.Model):
        def steps(self, n):
            return range(n)

    print(told(Sub(2).walk, long))
    m.factor = lambda: 1
    print(told(m.walk, long))
    u = model.Squared(0.5)
    for penalty in (penalties.Size(0.5), penalties.Square(2), lambda v: v, None, penalties.Size("a")):
        u.penalty = penalty
        print(told(u.ascend, long))
    u.penalty = penalties.Size(0.5)
    u.penalty.slope = lambda v: 0.125
    print(told(u.ascend, long))
    u.penalty = type("Own", (penalties.Square,), {"__call__": lambda self, v: 1.0})(0.5)
    print(told(u.ascend, long))
    penalties.Square.slope = penalties.Size.slope
    print(told(model.Squared(0.5).ascend, long))
    del u.penalty
    print(told(u.ascend, long))
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("others")
    package = folder / "src" / "pkg"
    (package / "parts").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "model.py").write_text(MODEL)
    (package / "penalties.py").write_text(PENALTIES)
    (package / "parts" / "__init__.py").write_text(INIT)
    (package / "parts" / "bases.py").write_text(BASES)
    (folder / "run.py").write_text(SCRIPT)
    (folder / "pyproject.toml").write_text(CALM)
    optimized(folder, "run.py src")
    return folder


def regions(tree: Path, name: str) -> list[dict[str, Any]]:
    found = json.loads((tree / "report.json").read_text())["regions"]
    return [r for r in found if r["name"] == name]


def test_they_are_compiled_along(tree: Path) -> None:
    for name in ("Model.fit", "Model.walk", "Model.drawn", "Model.spread", "Model.ascend"):
        assert "rewritten" in [r["status"] for r in regions(tree, name)], regions(tree, name)


def test_what_is_left_to_the_original_is_told(tree: Path) -> None:
    (fit,) = [r for r in regions(tree, "Model.fit") if r["status"] == "rewritten"]
    assert any(
        "is left to the original: LW101 in a function of another file" in n for n in fit["notes"]
    )
    (drawn,) = [r for r in regions(tree, "Model.drawn") if r["status"] == "rewritten"]
    assert any("is left to the original: LW101 " in note for note in drawn["notes"])


def test_a_branch_that_recorded_calls_take_is_the_reason(tree: Path) -> None:
    (often,) = regions(tree, "Model.often")
    assert often["status"] == "declined"
    assert often["code"] == "LW101", often


def test_the_results_are_the_same_whatever_calls_do(tree: Path) -> None:
    texts = []
    for source in ("src", "fast"):
        command = [sys.executable, "run.py", source, "more"]
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True)
        texts.append(done.stdout)
    assert texts[0] == texts[1]
    assert len(texts[0].splitlines()) > 20
