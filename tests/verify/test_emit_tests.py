"""The pytest file that `verify` writes: it passes for a right pair, fails for a wrong one, and reads well."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from loopwright.verify.emitted_text import Kernel, Place, written_kernel_test, written_test
from loopwright.verify.functions import Verdict
from loopwright.verify.parameters import parameters_of
from loopwright.verify.scope import find_function, scope_of

from .pool import verify_functions

HEAD = """from __future__ import annotations
import enum
import random
from collections.abc import *
from dataclasses import dataclass
from typing import *
import numpy as np
from numpy.typing import ArrayLike, NDArray
Vec = Annotated[NDArray[np.float64], "n"]
Mat = Annotated[NDArray[np.float64], "n m"]
class Colour(enum.Enum):
    RED = 1
    BLUE = 2
@dataclass
class Point:
    x: float
    near: list[int]
class Options(TypedDict, total=False):
    depth: int
F = TypeVar("F", np.float32, np.float64)
"""

PAIRS = {
    "arrays of one length": (
        "x: Vec, y: Vec", "s = 0.0\n    for a, b in zip(x, y): s += a * b\n    return s",
        "s = 0.0\n    for k in range(len(x)): s += x[k] * y[k]\n    return s",
        "s = 0.0\n    for k in range(len(x) - 1): s += x[k] * y[k]\n    return s",
    ),
    "a matrix and a shape that depends": (
        'a: Mat, b: Annotated[NDArray[np.int32], "m n+1"]', "return a.shape[0] + b.shape[1]",
        "return b.shape[1] + len(a)", "return a.shape[0] + b.shape[0] + 1",
    ),
    "an argument that is written": (
        "x: Vec, y: Vec", "x[:] = 1.0\n    return y.copy()", "x[...] = 1.0\n    return np.array(y)",
        "z = y.copy()\n    x[:] = 1.0\n    return z",
    ),
    "the kind of a result": ("k: int", "return k * 2.0", "return 2.0 * k", "return k * 2"),
    "the type of an exception": (
        "x: list[float]", "return x[3]", "return x[-len(x) + 3] if len(x) > 3 else x[3]",
        "return dict(enumerate(x))[3]",
    ),
    "records, choices and names": (
        "p: Point, c: Colour, o: Options, m: Literal['a', 'b'], s: str, *, d: dict[str, float] | None = None",
        "return (p.x, c.name, o.get('depth'), m, s, d)", "return (p.x, c.name, o.get('depth'), m, s, d)",
        "return (p.x, c.name, o.get('depth'), m, s.lower(), d)",
    ),
    "one dtype for two": (
        "x: NDArray[F], y: NDArray[F]", "return str(x.dtype)", "return str(y.dtype)",
        "return str(y.dtype) if y.size != 1 else ''",
    ),
    "what is like an array": (
        "x: ArrayLike", "return np.asarray(x).ndim", "return np.ndim(x)", "return np.asarray(x).size // 7",
    ),
    "generators": (
        "rng: np.random.Generator, n: int", "return rng.random()", "return float(rng.random(1)[0])",
        "rng.random()\n    return rng.random()",
    ),
    "iterators and callables": (
        "it: Iterator[int], f: Callable[[float], float], t: tuple[int, ...]",
        "return [f(v) for v in it] + list(t)", "return list(map(f, it)) + [*t]",
        "return [f(v) for v in list(it)[1:]] + list(t)",
    ),
    "the global generators": (
        "x: float", "return x + random.random()", "return random.random() + x", "return x + 0.25",
    ),
    "a NumPy number": ("x: np.float32", "return x + x", "return x * 2", "return float(x) * 2"),
}  # fmt: skip

CHECKS = (
    ["black", "--check"],
    ["ruff", "check", "--isolated"],
    ["ruff", "format", "--check", "--isolated"],
)


def written(folder: Path, source: str, f: str, g: str, **options: object) -> tuple[Verdict, Path]:
    (folder / "pair.py").write_text(HEAD + source)
    given = {"time_limit": 8.0, "inputs": 30, "emit": folder, **options}
    file = folder / "pair.py"
    verdict = verify_functions(file, f, file, g, **given)  # type: ignore[arg-type]
    place = folder / "test_written.py"
    place.write_text(verdict.test)
    return verdict, place


def run(place: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-P",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *options,
        str(place),
    ]
    folder = place if place.is_dir() else place.parent
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=400)


def without_examples(place: Path) -> None:
    """Leave the drawing alone to find the difference."""
    kept = [line for line in place.read_text().splitlines(True) if "@example(" not in line]
    place.write_text("".join(kept).replace("HealthCheck, example,", "HealthCheck,"))


def drawn(folder: Path, number: int, candidate: str) -> Path:
    """The file for one of the pairs, with nothing but what the annotations tell."""
    parameters, f, h, g = list(PAIRS.values())[number]
    bodies = {"f": f, "g": g, "h": h}
    source = HEAD + "".join(
        f"def {name}({parameters}):\n    {body}\n" for name, body in bodies.items()
    )
    file = folder / f"pair{number}.py"
    file.write_text(source)
    tree = ast.parse(source)
    node = find_function(tree, "f")
    assert node is not None
    sides = Place(file, "f", source), Place(file, candidate, source)
    text = written_test(
        *sides, parameters_of(node, scope_of(tree)), accuracy="bitwise", folder=folder
    )
    place = folder / f"test_{candidate}{number}.py"
    place.write_text(text)
    return place


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of the files for all pairs, right and wrong."""
    folder = tmp_path_factory.mktemp("written")
    for number in range(len(PAIRS)):
        drawn(folder, number, "h")
        drawn(folder, number, "g")
    return run(folder, "-rA", "--tb=line").stdout


@pytest.mark.parametrize("number", range(len(PAIRS)), ids=list(PAIRS))
def test_a_written_test_tells_right_from_wrong(number: int, outcomes: str) -> None:
    assert f"PASSED test_h{number}.py::" in outcomes, outcomes
    assert f"FAILED test_g{number}.py::" in outcomes, outcomes


@pytest.mark.parametrize("check", CHECKS, ids=" ".join)
def test_formatters_and_linters_leave_a_written_test_alone(
    check: list[str], tmp_path: Path
) -> None:
    places = [drawn(tmp_path, number, "h") for number in range(len(PAIRS))]
    done = subprocess.run([sys.executable, "-m", *check, *places], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_counter_example_and_samples_are_in_the_file(tmp_path: Path) -> None:
    source = (
        "def f(x: Vec, k: int):\n    return x.sum() * k\n"
        "def g(x, k):\n    return x.sum() * k if k != 123456789 else 'odd'\n"
    )
    shown = "f(np.arange(3.0)[::-1], 5)\nf(np.ones(2), 123456789)"
    verdict, place = written(tmp_path, source, "f", "g", shown=shown)
    assert verdict.status == "different"
    text = place.read_text()
    assert "@example(counter_example())" in text and "@example(recorded_1())" in text
    assert "k = 123456789" in text
    assert run(place).returncode == 1
    assert "counter_example" in text and "loopwright" not in text.partition('"""\n\n')[2]


def test_methods_and_files_of_two_folders(tmp_path: Path) -> None:
    for side, body in (("a", "self.k * x"), ("b", "x * self.k")):
        (tmp_path / side).mkdir()
        (tmp_path / side / "m.py").write_text(
            "from dataclasses import dataclass\n@dataclass\nclass Line:\n    k: float\n"
            f"    def at(self, x: float) -> float:\n        return {body}\n"
        )
    a, b = tmp_path / "a" / "m.py", tmp_path / "b" / "m.py"
    verdict = verify_functions(a, "Line.at", b, "Line.at", time_limit=8.0, inputs=30, emit=tmp_path)
    place = tmp_path / "test_line.py"
    place.write_text(verdict.test)
    assert 'load("a/m.py")' in verdict.test
    assert run(place).returncode == 0, run(place).stdout
    b.write_text(b.read_text().replace("x * self.k", "x + self.k"))
    assert run(place).returncode == 1


def test_rounding_may_differ_where_a_tolerance_is_granted(tmp_path: Path) -> None:
    source = (
        "def f(x: Vec):\n    s = 0.0\n    for v in x: s += v\n    return s\n"
        "def g(x):\n    return 0.0 + float(np.sum(x))\n"
        "def h(x):\n    return 1.001 * float(np.sum(x))\n"
    )
    for accuracy in ("faithful", "rtol=1e-9"):
        _, place = written(tmp_path, source, "f", "g", accuracy=accuracy)
        if accuracy == "faithful":
            assert run(place).returncode == 0, run(place).stdout
        _, place = written(tmp_path, source, "f", "h", accuracy=accuracy)
        without_examples(place)
        assert run(place).returncode == 1


def test_the_same_text_each_time(tmp_path: Path) -> None:
    source = "def f(x: Vec, k: int = 3):\n    return x[:k].sum()\ndef g(x, k=3):\n    return x[:k].sum()\n"
    assert (
        written(tmp_path, source, "f", "g")[0].test == written(tmp_path, source, "f", "g")[0].test
    )


KERNEL = """\
from types import SimpleNamespace
import numpy as np
from numpy.typing import NDArray
from typing import Annotated

_numpy = SimpleNamespace(f=1)


def _dispatch(x):
    return None if len(x) < 300 else float(len(x)) + {wrong}


_kernels = SimpleNamespace(f=_dispatch)


def f(x: {annotation}):
    if (_out := _kernels.f(x)) is not None:
        return _out
    return float(len(x))
"""


@pytest.mark.parametrize(
    ("annotation", "drawn"),
    [("list[float]", True), ('Annotated[NDArray[np.float64], "n"]', True), ("object", False)],
)
def test_arguments_are_large_enough_for_a_kernel(
    annotation: str, drawn: bool, tmp_path: Path
) -> None:
    samples = [{"x": [0.5] * 400}, {"x": [0.5] * 3}]
    for wrong in (0, 1):
        source = KERNEL.format(annotation=annotation, wrong=wrong)
        file = tmp_path / f"m{wrong}.py"
        file.write_text(source)
        node = find_function(ast.parse(source), "f")
        assert node is not None
        text = written_kernel_test(
            Place(file, "f", source), Kernel("_kernels", "f", (("_numpy", "f"),), 300),
            parameters_of(node, scope_of(ast.parse(source))) if drawn else None,
            accuracy="bitwise", folder=tmp_path, samples=() if drawn else samples,
        )  # fmt: skip
        assert ("given" in text) is drawn
        assert ("the calls are those that a run recorded" in text) is not drawn
        (tmp_path / f"test_m{wrong}.py").write_text(text)
    places = sorted(tmp_path.glob("test_*.py"))
    for check in CHECKS[:2]:
        command = [sys.executable, "-m", *check, *map(str, places)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    outcome = run(tmp_path, "-rA", "--tb=line").stdout
    assert "PASSED test_m0.py::" in outcome, outcome
    assert "FAILED test_m1.py::" in outcome, outcome


def test_without_types_and_short_calls_there_is_nothing_to_write(tmp_path: Path) -> None:
    place = Place(tmp_path / "m.py", "f", "def f(x):\n    return x\n")
    with pytest.raises(ValueError, match="no recorded call"):
        written_kernel_test(
            place, Kernel("_kernels", "f", (), 0), None, accuracy="bitwise", folder=tmp_path
        )
