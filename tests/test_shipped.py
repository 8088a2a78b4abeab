"""`verify` on functions that stand in no file at the top: their source and data are sent along."""

from __future__ import annotations

import functools
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
from numpy.typing import NDArray

import loopwright as lw
from loopwright.shipped import ship

Vec = Annotated[NDArray[np.float64], "n"]
TABLE = np.array([0.5, 2.0, 4.0])
SCALE = 3.0


@dataclass
class Line:
    """A class of a module that a child process cannot import by name."""

    slope: float
    shift: float = 1.0

    def at(self, x: float) -> float:
        return self.slope * x + self.shift

    def again(self, x: float) -> float:
        return self.shift + self.slope * x


def helper(x: float) -> float:
    return x * SCALE


def make(k: float, how: Callable[[float], float]) -> Callable[[float], float]:
    def scaled(x: float) -> float:
        return k * how(x)

    return scaled


def counting() -> tuple[Callable[[int], int], Callable[[int], int]]:
    calls = 0

    def f(x: int) -> int:
        nonlocal calls
        calls += 1
        return calls

    def g(x: int) -> int:
        return 1

    return f, g


def loud(f: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(f)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return f(*args, **kwargs)

    return wrapper


def area(w: float, h: float, *, unit: float = 1.0) -> float:
    return w * h * unit


def decorated(by: Callable[..., Any]) -> Callable[..., Any]:
    @by
    def f(w: float, h: float = 2.0) -> float:
        return w * h if w > 0 else h

    return f


def plain(w: float, h: float = 2.0) -> float:
    return w * h if w > 0 else h


def cached_square() -> Any:
    @functools.lru_cache(maxsize=3)
    def f(k: int) -> int:
        return k**2

    return f


def array_sums() -> tuple[Any, Any]:
    def f(x: Vec, k: float = 2.0) -> float:
        return float(x.sum() * TABLE[1]) + k

    def g(x: Vec, k: float = 2.0) -> float:
        return k + float(TABLE[1] * x.sum())

    return f, g


SAME: dict[str, tuple[Any, Any, list[tuple[Any, ...]]]] = {
    "lambdas of one line": (lambda x: x + 1, lambda x: 1 + x, [(3,), (4,)]),
    "closures over numbers and functions": (make(3.0, helper), make(3.0, lambda x: SCALE * x), []),
    "partial applications": (
        functools.partial(area, 2.0, unit=4.0), functools.partial(area, 2.0, unit=4.0), [],
    ),
    "bound methods": (Line(2.0).at, Line(2.0).again, []),
    "a decorated function": (decorated(loud), plain, []),
    "a cached function": (cached_square(), lambda k: k * k, []),
    "annotations by aliases, and a global array": (*array_sums(), []),
}  # fmt: skip
DIFFERENT: dict[str, tuple[Any, Any, list[tuple[Any, ...]]]] = {
    "lambdas of one line": (lambda x: x + 1, lambda x: x - 1, [(3,), (4,)]),
    "closures over other numbers": (make(3.0, helper), make(3.5, helper), []),
    "a counter behind a closure": (*counting(), []),
    "partial applications": (functools.partial(area, 2.0), functools.partial(area, 3.0), []),
    "a bound method of another object": (Line(2.0).at, Line(2.0, 1.5).at, []),
}


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME.keys())
def test_the_same(pair: tuple[Any, Any, list[tuple[Any, ...]]]) -> None:
    f, g, examples = pair
    verdict = lw.verify(f, g, examples=examples, time_limit=30.0, inputs=60)
    assert verdict.status == "same", verdict


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_a_difference_is_shown_by_a_program_that_runs_anywhere(
    pair: tuple[Any, Any, list[tuple[Any, ...]]], tmp_path: Path
) -> None:
    f, g, examples = pair
    verdict = lw.verify(f, g, examples=examples, time_limit=30.0, inputs=60)
    assert verdict.status == "different", verdict
    assert verdict.counterexample is not None
    done = subprocess.run(
        [sys.executable, "-I", "-c", verdict.counterexample.program],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    results = [line for line in done.stdout.splitlines() if not line.startswith("  after")]
    half = len(results) // 2
    assert half and results[:half] != results[half:]


def test_each_side_has_its_own_data() -> None:
    table = np.zeros(3)

    def f(k: float) -> float:
        table[0] += 1.0
        return float(table[0])

    def g(k: float) -> float:
        table[0] += 1.0
        return float(table[0])

    assert lw.verify(f, g, time_limit=30.0, inputs=60).status == "same"
    assert table[0] == 0.0


def refused(name: str) -> Any:
    held: Any = {
        "a generator": (n for n in ()), "a file": sys.stdout, "a bare object": object(),
        "dates": np.array(["2020-01-01"], "datetime64[D]"), "a list of them": [object()],
    }[name]  # fmt: skip
    return lambda x: (held, x)


@pytest.mark.parametrize(
    "name", ["a generator", "a file", "a bare object", "dates", "a list of them"]
)
def test_what_cannot_be_sent_is_named(name: str) -> None:
    with pytest.raises(lw.UsageError, match=r"`held`.*cannot be sent to another process: make it"):
        lw.verify(refused(name), lambda x: x, examples=[(1,)])


@pytest.mark.parametrize("f", [len, np.add, eval("lambda x: x")], ids=["builtin", "ufunc", "eval"])
def test_what_has_no_source_is_refused(f: Any) -> None:
    with pytest.raises(lw.UsageError):
        lw.verify(f, lambda x: x, examples=[(1,)])


def test_names_that_hold_two_things_are_told() -> None:
    with pytest.raises(lw.UsageError, match="two variables named `how`"):
        ship(make(1.0, make(2.0, helper)), "f")


def test_the_text_reads_as_code() -> None:
    text = ship(make(3.0, helper), "f").text
    assert "k = 3.0" in text and "def scaled(x: float)" in text and "SCALE = 3.0" in text
    assert ship(lambda x: x * SCALE, "f").text.endswith("def f(x):\n    return x * SCALE\n")


PROMPT = """
import linecache
import loopwright as lw

CELLS = ['k = 2.0\\nf = lambda x: x * k\\n', 'def g(x: float) -> float:\\n    return k * x\\n']
for number, cell in enumerate(CELLS):
    name = f"<ipython-input-{number}-0a1b2c>"
    linecache.cache[name] = (len(cell), None, cell.splitlines(True), name)
    exec(compile(cell, name, "exec"))
print(lw.verify(f, g, examples=[(1.5,)], time_limit=30.0, inputs=60).status)
"""
SCRIPT = """
import numpy as np
import loopwright as lw
import beside
from beside import third

def f(x: float) -> float:
    return beside.third(x) + np.sqrt(4.0)

def g(x: float) -> float:
    return third(x) + 2.0

print(lw.verify(f, g, time_limit=30.0, inputs=60).status)
"""


def test_functions_of_a_prompt_and_of_a_script_that_is_not_guarded(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("def third(x):\n    return x / 3.0\n")
    (tmp_path / "script.py").write_text(SCRIPT)
    for command, given in (([sys.executable, "-"], PROMPT), ([sys.executable, "script.py"], "")):
        done = subprocess.run(
            command, input=textwrap.dedent(given), cwd=tmp_path, capture_output=True, text=True
        )
        assert done.stdout == "same\n", done.stdout + done.stderr
