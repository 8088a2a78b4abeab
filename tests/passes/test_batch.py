"""Which functions a library computes for several iterations at once, and what stays exactly as it was."""

from __future__ import annotations

import copy
import importlib.util
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.emit import by_name
from loopwright.emit.base import KernelSource
from loopwright.emit.build import build_cython
from loopwright.emit.vectors import lacks_vectors
from loopwright.extensions import prepare
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import run
from loopwright.ir.nodes import Call, Program
from loopwright.ir.walk import walk_exprs
from loopwright.passes.base import Applied, Unchanged
from loopwright.passes.batch import Batch
from loopwright.passes.chunks import Chunks
from loopwright.passes.parallel import Parallel
from loopwright.pipeline import Passes, compiled_passes
from loopwright.workers import Workers

HEADER = """
import math
import numpy as np
from numpy.typing import NDArray
from typing import Annotated
F1 = Annotated[NDArray[np.float64], "n"]
G1 = Annotated[NDArray[np.float32], "n"]
F2 = Annotated[NDArray[np.float64], "n m"]
I1 = Annotated[NDArray[np.int64], "n"]
"""


def low(source: str) -> Program:
    program = Passes(lower_function(HEADER + source)).run(compiled_passes(())).program
    assert program.main.level == "low"
    return program


def vectors(program: Program) -> list[str]:
    """The names, each once: a loop may be there twice, for positions that count from the end too."""
    found = (e.fn for e in walk_exprs(program.main.body) if isinstance(e, Call))
    return list(dict.fromkeys(fn.removeprefix("vec.") for fn in found if fn.startswith("vec.")))


MOVED = {
    "a loop that only stores": (
        "def f(x: F1, y: F1):\n    for i in range(min(len(x), len(y))):\n"
        "        y[i] = 1.0 / (1.0 + np.exp(-x[i]))",
        ["exp"]),
    "array expressions": (
        "def f(x: F1):\n    return np.sin(x) * np.cos(x) + np.log1p(x * x)",
        ["sin", "cos", "log1p"]),
    "single precision": ("def f(x: G1):\n    return np.tanh(x) * np.float32(0.5)", ["tanh"]),
    "a kernel matrix": (
        "def f(x: F2, g: float):\n    n = x.shape[0]\n    k = np.empty((n, n))\n    for i in range(n):\n"
        "        for j in range(n):\n            s = 0.0\n            for c in range(x.shape[1]):\n"
        "                d = x[i, c] - x[j, c]\n                s += d * d\n"
        "            k[i, j] = np.exp(-g * s)\n    return k",
        ["exp"]),
    "a sum in order": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    for i in range(len(x)):\n"
        "        s = s * 0.5 + np.exp(x[i])\n    return s",
        ["exp"]),
    "what Python's function raises for is still looked at": (
        "def f(x: F1):\n    s = 0.0\n    for i in range(len(x)):\n        s += math.exp(float(x[i]))\n"
        "    return s",
        ["exp"]),
    "one call in another": (
        "def f(x: F1, at: I1, y: F1):\n    for i in range(min(len(x), len(at))):\n"
        "        t = np.exp(x[i])\n        y[at[i]] += np.log(t + 1.0) * t",
        ["exp", "log"]),
    "an argument that vectors do not have": (
        "def f(x: F1):\n    return np.tanh(x + 0.1 * x**3)", ["tanh"]),
    "a value that is used behind the loop": (
        "def f(x: F1):\n    t = np.float64(0.0)\n    u = np.float64(1.0)\n    s = np.float64(0.0)\n"
        "    for i in range(len(x)):\n        t = np.exp(x[i])\n        u = t + 1.0\n        s = s - u\n"
        "    return s, t, u",
        ["exp"]),
    "a condition behind the call": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    for i in range(len(x)):\n        t = np.exp(x[i])\n"
        "        if t > 1.0:\n            s = s + t\n    return s",
        ["exp"]),
    "under a condition": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    for i in range(len(x)):\n        if x[i] > 0.0:\n"
        "            s = s - x[i] * np.log(x[i])\n        else:\n            s = s * np.exp(x[i] + 1.0)\n"
        "    return s",
        ["exp", "log"]),
    "either of two": (
        "def f(x: F1):\n    out = np.empty(len(x))\n    for i in range(len(x)):\n"
        "        v = x[i]\n"
        "        out[i] = 1.0 / (1.0 + np.exp(-v)) if v >= 0.0 else np.exp(v) / (1.0 + np.exp(v))\n"
        "    return out",
        ["exp", "exp", "exp"]),
    "a scratch row in front of it": (
        "def f(x: F2):\n    out = np.empty(x.shape[0])\n    row = np.empty(x.shape[1])\n"
        "    for i in range(x.shape[0]):\n        for c in range(x.shape[1]):\n"
        "            row[c] = x[i, c] * 2.0\n        s = np.float64(0.0)\n"
        "        for c in range(x.shape[1]):\n            s = s + row[c] * row[c]\n"
        "        out[i] = np.sqrt(s) + np.log(s + 1.0)\n    return out",
        ["log"]),
}  # fmt: skip
KEPT = {
    "the argument is what the last iteration computed": (
        "def f(x: F1):\n    s = np.float64(0.5)\n    for i in range(len(x)):\n        s = np.exp(-s) + x[i]\n"
        "    return s", "computed in order"),
    "what is in front reads it in the next iteration": (
        "def f(x: F2):\n    last = np.float64(0.0)\n    for i in range(x.shape[0]):\n        s = last\n"
        "        for c in range(x.shape[1]):\n            s = s + x[i, c]\n        last = np.exp(-s * s)\n"
        "    return last", "`last` goes from one iteration to the next"),
    "the array is read again": (
        "def f(x: F1):\n    for i in range(1, len(x)):\n        s = np.float64(0.0)\n"
        "        for c in range(i):\n            s = s + x[c]\n        x[i] = np.exp(-s)",
        "`x` goes from one iteration to the next"),
    "the scratch row is read behind it": (
        "def f(x: F2):\n    out = np.empty(x.shape[0])\n    row = np.empty(x.shape[1])\n"
        "    for i in range(x.shape[0]):\n        s = np.float64(0.0)\n        for c in range(x.shape[1]):\n"
        "            row[c] = x[i, c] * 2.0\n            s = s + row[c]\n        out[i] = np.exp(s)\n"
        "        for c in range(x.shape[1]):\n            out[i] += row[c]\n    return out",
        "`row` is overwritten"),
    "a power of the element that the last iteration stored": (
        "def f(x: F1):\n    for i in range(1, len(x)):\n        x[i] = np.tanh(0.1 * x[i - 1] ** 3)",
        "computed in order"),
    "a power of what the last iteration computed": (
        "def f(x: F1):\n    s = np.float64(0.5)\n    for i in range(len(x)):\n"
        "        s = np.exp(-(abs(s) ** 0.3)) + x[i]\n    return s", "computed in order"),
    "it may end early": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    for i in range(len(x)):\n        t = np.exp(x[i])\n"
        "        if t > 100.0:\n            break\n        s = s + t\n    return s", "end the loop"),
    "a draw": (
        "def f(x: F1, rng: np.random.Generator):\n    s = np.float64(0.0)\n    for i in range(len(x)):\n"
        "        s = s + np.exp(x[i]) * rng.random()\n    return s", "drawn in order"),
    "only where it is inside": (
        "def f(x: F1, at: I1):\n    s = np.float64(0.0)\n    for i in range(len(at)):\n        k = at[i]\n"
        "        if 0 <= k < len(x):\n            s = s * 0.5 + np.exp(x[k])\n    return s",
        "computed in order"),
    "downwards": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    for i in range(len(x) - 1, -1, -1):\n"
        "        s = s * 0.5 + np.exp(x[i])\n    return s", "it has a step"),
}  # fmt: skip
NOTHING = {
    "no function": "def f(x: F1):\n    return x * 2.0 + np.sqrt(x)",
    "few iterations": (
        "def f(x: F1):\n    s = np.float64(0.0)\n    for i in range(4):\n        s = s + np.exp(x[i])\n"
        "    return s"
    ),
    "only in a loop that is under a condition": (
        "def f(x: F2):\n    s = np.float64(0.0)\n    for i in range(x.shape[0]):\n        if x[i, 0] > 0.0:\n"
        "            for c in range(4):\n                s = s * 0.5 + np.log(x[i, c])\n    return s"
    ),
    "functions that are exact only for one number": (
        "def f(x: F1, y: F1):\n    return np.log10(x) + np.cbrt(x) * np.hypot(x, y)"
    ),
}
SIZES = [0, 1, 7, 511, 512, 513, 1100]


def drawn(program: Program, n: int) -> list[Any]:
    """Arguments of the length n."""
    rng = np.random.default_rng(n)
    made: list[Any] = []
    for p in program.main.params:
        shown = str(p.type)
        if "int64" in shown and "[" in shown:
            made.append(rng.integers(0, max(n, 1), n))
        elif "float32" in shown:
            made.append(rng.normal(size=n).astype(np.float32))
        elif ", (:, :)" in shown:
            made.append(rng.normal(size=(n // 8, 3)))
        elif "[" in shown:
            made.append(rng.normal(size=n))
        elif "rng" in shown.lower() or "generator" in shown.lower():
            made.append(np.random.default_rng(5))
        else:
            made.append(0.25)
    return made


def agree(got: Any, want: Any) -> None:
    for a, b in zip(got, want, strict=True):
        if isinstance(b, (np.ndarray, np.floating, float)):
            single = getattr(b, "dtype", None) == np.float32
            np.testing.assert_allclose(
                a, b, rtol=4e-7 if single else 1e-12, atol=1e-13 * (not single)
            )
        elif not isinstance(b, np.random.Generator):
            assert a == b


@pytest.mark.parametrize("name", MOVED)
def test_functions_are_computed_in_vectors(name: str) -> None:
    source, wanted = MOVED[name]
    program = low(source)
    outcome = Batch().run(program)
    assert isinstance(outcome, Applied)
    check(outcome.program)
    assert sorted(vectors(outcome.program)) == sorted(wanted)
    for n in SIZES[:5]:
        mine, theirs = drawn(program, n), drawn(program, n)
        agree(run(outcome.program, mine), run(program, theirs))
        agree(mine, theirs)


@pytest.mark.parametrize("name", KEPT)
def test_what_has_an_order_keeps_it(name: str) -> None:
    source, why = KEPT[name]
    outcome = Batch().run(low(source))
    assert isinstance(outcome, Unchanged)
    assert [d.code for d in outcome.declined] == ["LW210"]
    assert why in outcome.declined[0].why


@pytest.mark.parametrize("name", NOTHING)
def test_other_loops_are_no_matter(name: str) -> None:
    assert Batch().run(low(NOTHING[name])) == Unchanged()


def test_threads_do_not_share_the_arrays_of_a_block() -> None:
    marked = Parallel(min_work=0).run(low(MOVED["a kernel matrix"][0]))
    assert isinstance(marked, Applied)
    assert Batch().run(marked.program) == Unchanged()


def test_a_function_that_threads_call_has_arrays_of_its_own() -> None:
    program = low(MOVED["a kernel matrix"][0])
    chunks = Chunks(min_work=0).run(program)
    assert isinstance(chunks, Applied)
    outcome = Batch().run(chunks.program)
    assert isinstance(outcome, Applied)
    check(outcome.program)
    (part,) = outcome.program.helpers
    assert any(isinstance(e, Call) and e.fn == "vec.exp" for e in walk_exprs(part.body))
    for n in SIZES[:5]:
        agree(run(outcome.program, drawn(program, n)), run(program, drawn(program, n)))


def test_once_is_enough() -> None:
    once = Batch().run(low(MOVED["one call in another"][0]))
    assert isinstance(once, Applied)
    assert isinstance(Batch().run(once.program), Unchanged)


def test_the_last_block_ends_at_the_greatest_integer() -> None:
    source = (
        "def f(n: int, x: F1):\n    s = np.float64(0.0)\n    for i in range(n, n + 2):\n"
        "        s = s * 0.5 + np.exp(x[i - n])\n    return s"
    )
    program = low(source)
    outcome = Batch().run(program)
    assert isinstance(outcome, Applied)
    for args in ([2**63 - 3, np.ones(2)], [-(2**63), np.ones(2)]):
        agree(run(outcome.program, args), run(program, args))


def test_a_range_that_ends_far_below_its_start_is_empty() -> None:
    source = (
        "def f(n: int, m: int):\n    s = np.float64(0.0)\n    for i in range(n, m):\n"
        "        s = s * 0.5 + np.exp(np.float64(i))\n    return s"
    )
    outcome = Batch().run(low(source))
    assert isinstance(outcome, Applied)
    for ends in ([2**63 - 1, -(2**63) + 1], [0, -(2**63)], [5, 3]):
        assert run(outcome.program, ends) == (0.0,)


@pytest.mark.parametrize("block", [1, 3, 2000])
def test_any_length_of_a_block(block: int) -> None:
    program = low(MOVED["a value that is used behind the loop"][0])
    outcome = Batch(block=block).run(program)
    assert isinstance(outcome, Applied)
    agree(run(outcome.program, drawn(program, 10)), run(program, drawn(program, 10)))


vectors_here = pytest.mark.skipif(
    shutil.which("gcc") is None or lacks_vectors("gcc") is not None, reason="no such library here"
)


@vectors_here
def test_compiled_kernels_agree(tmp_path: Path) -> None:
    cython = by_name("cython")
    programs = {f"k{k}": low(source) for k, (source, _) in enumerate(MOVED.values())}
    programs["threads"] = low(MOVED["a kernel matrix"][0])
    texts = [cython.prelude]
    for name, program in programs.items():
        chunks = Chunks(min_work=0).run(program) if name == "threads" else Applied(program)
        assert isinstance(chunks, Applied)
        outcome = Batch().run(chunks.program)
        assert isinstance(outcome, Applied)
        made = cython.emit(outcome.program, name)
        assert isinstance(made, KernelSource)
        assert name != "threads" or ("prange(" in made.text and "cython.double[512]" in made.text)
        texts.append(made.text)
    for native in (True, False):
        module = _built(texts, tmp_path, native)
        for name, program in programs.items():
            for n in SIZES:
                mine, theirs = drawn(program, n), drawn(program, n)
                got = getattr(module, name)(*mine)
                ok, *results = got if isinstance(got, tuple) else (got,)
                assert ok is True
                agree(results, run(program, copy.deepcopy(theirs)))


@vectors_here
def test_sine_and_cosine_are_never_beyond_1(tmp_path: Path) -> None:
    """libmvec of glibc 2.36 has 1 + 2**-52 for the cosine of 4e-11, and its like for float32."""
    source = "def f(x: F1, y: G1):\n    return np.sin(x), np.cos(x), np.sin(y), np.cos(y)"
    outcome = Batch().run(low(source))
    assert isinstance(outcome, Applied)
    made = (cython := by_name("cython")).emit(outcome.program, "waves")
    assert isinstance(made, KernelSource)
    rng = np.random.default_rng(0)
    x = np.concatenate([
        0.5 ** rng.uniform(20.0, 60.0, 60000), np.pi / 2 * np.arange(200000.0), [np.nan, np.inf]
    ])  # fmt: skip
    y = x.astype(np.float32)
    ok, *waves = _built([cython.prelude, made.text], tmp_path, True).waves(x, y)
    assert ok is True
    for wave in waves:
        assert np.isnan(wave[-2:]).all() and np.abs(wave[:-2]).max() == 1.0


def _built(texts: list[str], tmp_path: Path, native: bool) -> Any:
    folder = tmp_path / str(native)
    folder.mkdir()
    path = folder / "batch_kernels.py"
    path.write_text("\n\n".join(texts), encoding="utf-8")
    with Workers(prepare) as workers:
        built = build_cython(path, workers=workers, cache_dir=tmp_path / "cache", native=native)
    assert isinstance(built, Path), built
    if native:
        assert b"_ZGV" in built.read_bytes()
    return _loaded(path.stem, built)


def _loaded(name: str, path: Path) -> Any:
    for file in (next(path.parent.glob("loopwright_cython_*")), path):
        spec = importlib.util.spec_from_file_location(file.name.split(".")[0], file)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(file.name.split(".")[0], module)
        spec.loader.exec_module(module)
    return module
