"""Methods of objects whose classes stand in other files, and methods inherited from there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from small_tree import CALM, optimized

COSTS = """
import numpy as number_crunching

from pkg.tools import TooShort

from .tools import halved

WEIGHT = 1.5


def shifted(v, by=9 / 3):
    return v + by


def clipped(v):
    return v if v < 1.0 else 1.0


class BaseCost:
    min_size = 2

    def fit(self, signal):
        raise NotImplementedError

    def error(self, start, end):
        raise NotImplementedError

    def twice(self, start, end):
        return 2.0 * self.error(start, end)


class Squares(BaseCost):
    def fit(self, signal):
        self.signal = signal
        return self

    def error(self, start, end):
        if end - start < self.min_size:
            raise TooShort("too short")
        part = self.signal[start:end]
        return number_crunching.sum((part - part.mean()) ** 2)


class Clipped(BaseCost):
    min_size = 1

    def fit(self, signal):
        self.signal = signal
        return self

    def error(self, start, end):
        total = 0.0
        for k in range(start, end):
            total += clipped(self.signal[k]) * WEIGHT
        return total


class Counted(BaseCost):
    calls = 0

    def fit(self, signal):
        self.signal = signal

    def error(self, start, end):
        self.calls += 1
        return self.signal[start] * self.calls


class Mapped(Squares):
    def error(self, start, end):
        return sum(map(abs, self.signal[start:end])) + max(*(start, end))


class Hidden(Squares):
    def __init__(self):
        self.__gain = 0.5

    def error(self, start, end):
        return self.signal[start] * self.__gain


class Tuned(BaseCost):
    level = 2.0

    def fit(self, signal):
        self.signal = signal
        self.seen = 0

    def error(self, start, end, gain=0.5):
        self.seen += 1
        return self.signal[start] * gain + self.level * shifted(1.0)


class Retuned(Tuned):
    def error(self, start, end, gain=0.25):
        self.seen += 1
        return self.signal[start] * gain + self.level * shifted(1.0)


class Moving(Tuned):
    def fit(self, signal):
        self.signal = signal
        self.seen = 0
        self.level = 1.0

    def error(self, start, end, gain=0.5):
        self.level = self.level * 0.5 + self.signal[start]
        self.seen += 1
        return self.level


class Halved(Squares):
    def error(self, start, end):
        return halved(self.signal[start])


def make(name):
    own = {"mapped": Mapped, "tuned": Tuned, "moving": Moving, "hidden": Hidden}
    return {**own, "halved": Halved, "squares": Squares, "clipped": Clipped, "counted": Counted}[name]()
"""
TOOLS = """
class TooShort(Exception):
    pass


def halved(v):
    return v / 2
"""
BASE = """
class Base:
    rate = 0.25

    def scaled(self, v):
        return v * self.rate

    def total(self, xs):
        s = 0.0
        for x in xs:
            s = s * 0.5 + self.scaled(x)
        return s
"""
MODEL = """
import numpy as np

from .base import Base as Above
from .costs import make


class Window:
    def __init__(self, name):
        self.cost = make(name)

    def scores(self, signal, width):
        self.cost.fit(signal)
        found = []
        for k in range(width, len(signal) - width):
            gain = self.cost.error(k - width, k + width)
            gain -= self.cost.error(k - width, k) + self.cost.error(k, k + width)
            found.append(gain)
        return np.array(found)

    def tuned(self, signal, width):
        total = 0.0
        for k in range(width, len(signal) - width):
            total += self.cost.error(k - width, k + width)
        return total

    def hidden(self, signal, width):
        total = 0.0
        for k in range(width, len(signal) - width):
            total += self.cost.error(k - width, k + width)
        return total

    def halved(self, signal, width):
        total = 0.0
        for k in range(width, len(signal) - width):
            total += self.cost.error(k - width, k + width)
        return total

    def doubled(self, signal, width):
        total = 0.0
        for k in range(width, len(signal) - width):
            total += self.cost.twice(k - width, k + width)
        return total


class Model(Above):
    def __init__(self, rate):
        self.rate = rate

    def rows(self, table):
        out = np.zeros(len(table))
        for i in range(len(table)):
            out[i] = self.total(table[i]) + self.scaled(table[i, 0])
        return out


class Base:
    rate = "not this one"
"""
SCRIPT = """
import sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from pkg import base, costs, model

def told(f, *args):
    try:
        found = f(*args)
    except Exception as error:
        return type(error).__name__, str(error)
    return repr(found.sum() if isinstance(found, np.ndarray) else found)

x = np.linspace(-3.0, 3.0, 600) ** 2
table = np.linspace(-1.0, 1.0, 4000).reshape(40, 100)
for _ in range(2):
    for name in ("squares", "clipped", "counted"):
        it = model.Window(name)
        print(told(it.scores, x, 20), told(it.doubled, x, 20), getattr(it.cost, "calls", None))
    print(told(model.Model(0.5).rows, table))
    it = model.Window("halved")
    it.cost.fit(x)
    print(told(it.halved, x, 20))
    it = model.Window("hidden")
    it.cost.fit(x)
    print(told(it.hidden, x, 20))
    for name in ("tuned", "moving", "mapped"):
        it = model.Window(name)
        it.cost.fit(x)
        print(told(it.tuned, x, 20), sorted(vars(it.cost)))
if len(sys.argv) > 2:
    it = model.Window("squares")
    print(told(it.scores, x, 0), told(it.scores, [1.0, 2.0], 1), told(it.scores, x[:5], 2))
    it.cost.error = lambda start, end: 1.0
    print(told(it.scores, x, 20))
    it.cost = type("Other", (costs.Squares,), {"error": lambda self, a, b: 2.0})()
    print(told(it.scores, x, 20), told(it.doubled, x, 20))
    it.cost.min_size = 1000
    print(told(it.scores, x, 20))
    it.cost = costs.Squares()
    it.cost.min_size = 1000
    print(told(it.scores, x, 20))
    it = model.Window("tuned")
    it.cost.fit(x)
    costs.Tuned.level = 5.0
    print(told(it.tuned, x, 20), sorted(vars(it.cost)))
    it.cost = costs.Retuned()
    it.cost.fit(x)
    print(told(it.tuned, x, 20))
    costs.Tuned.error.__defaults__ = (4.0,)
    it.cost = costs.Tuned()
    it.cost.fit(x)
    print(told(it.tuned, x, 20))
    costs.Tuned.error.__defaults__ = (0.5,)
    costs.shifted.__defaults__ = (7.0,)
    print(told(it.tuned, x, 20))
    costs.WEIGHT = 2.5
    print(told(model.Window("clipped").scores, x, 20))
    costs.clipped = lambda v: v
    print(told(model.Window("clipped").scores, x, 20))
    made = model.Model(0.5)
    made.scaled = lambda v: 7.0
    print(told(made.rows, table))
    base.Base.scaled = lambda self, v: 9.0
    print(told(model.Model(0.5).rows, table))
    class Sub(model.Model):
        def total(self, xs):
            return 3.0
    print(told(Sub(0.5).rows, table))
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("elsewhere")
    package = folder / "src" / "pkg"
    package.mkdir(parents=True)
    files = {"__init__": "", "costs": COSTS, "tools": TOOLS, "base": BASE, "model": MODEL}
    for name, text in files.items():
        (package / f"{name}.py").write_text(text)
    (folder / "run.py").write_text(SCRIPT)
    (folder / "pyproject.toml").write_text(CALM)
    optimized(folder, "run.py src")
    return folder


def output(folder: Path, source: str, *more: str) -> str:
    command = [sys.executable, "run.py", source, *more]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_loops_around_them_are_rewritten(tree: Path) -> None:
    regions = json.loads((tree / "report.json").read_text())["regions"]
    done = {r["name"]: " | ".join(r["notes"]) for r in regions if r["status"] == "rewritten"}
    assert done.keys() >= {"Window.scores", "Window.doubled", "Window.tuned", "Model.rows"}
    others = "`self.cost.error` that is `Clipped.error`, `self.cost.fit` that is `Clipped.fit`"
    told = done["Window.scores"]
    assert f"for {others}, too: numba" in told, told


def test_what_stands_in_the_way_is_told(tree: Path) -> None:
    regions = json.loads((tree / "report.json").read_text())["regions"]
    reasons = {r["name"]: r["reason"] for r in regions if r["status"] == "declined"}
    assert reasons["Window.halved"] == (
        "`self.cost.error` is `Halved.error`, which uses `halved`: neither a number nor a function "
        "of its file"
    )
    assert reasons["Window.hidden"] == (
        "`self.cost.error` is `Hidden.error`, which uses the private name `__gain` of a class of "
        "another file"
    )


ANSWERS = """
import sys
import numpy as np
sys.path.insert(0, "fast")
from pkg import costs, model

x = np.linspace(-3.0, 3.0, 600) ** 2

def answers(name, change=lambda it: None):
    it = model.Window(name)
    it.cost.fit(x)
    change(it)
    return model._kernels.window_tuned(self=it, signal=x, width=20) is not None

def other(it):
    it.cost.error = lambda start, end: 1.0

def subclass(it):
    it.cost.__class__ = costs.Retuned

print(answers("tuned"), answers("tuned", other), answers("tuned", subclass))
costs.shifted.__defaults__ = (2.0,)
print(answers("tuned"))
"""


def test_kernels_answer_for_the_recorded_classes_and_for_no_others(tree: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ANSWERS], cwd=tree, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "False", "False", "False"]


def test_the_results_are_the_same_whatever_the_objects_are(tree: Path) -> None:
    assert output(tree, "fast", "more") == output(tree, "src", "more")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("costs", "- part.mean()", "- part.max()"),
        ("costs", "import numpy as number_crunching", "import cmath as number_crunching"),
        ("costs", "WEIGHT = 1.5", "WEIGHT = 2"),
        ("costs", "else 1.0", "else 2.0"),
        ("costs", "gain=0.5", "gain=0.75"),
        ("costs", "by=9 / 3", "by=9 / 4"),
        ("costs", "sum(map(abs", "max(map(abs"),
        ("base", "return v * self.rate", "return v / self.rate"),
        ("base", "s * 0.5", "s * 0.75"),
    ],
)
def test_an_edit_there_is_noticed(tree: Path, file: str, old: str, new: str) -> None:
    before: dict[Path, str] = {}
    for place in ("fast", "src"):
        path = tree / place / "pkg" / f"{file}.py"
        before[path] = path.read_text()
        assert old in before[path]
        path.write_text(before[path].replace(old, new))
    try:
        assert output(tree, "fast", "more") == output(tree, "src", "more")
    finally:
        for path, text in before.items():
            path.write_text(text)
