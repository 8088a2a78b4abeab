"""Which loops are cut in chunks, that they compute the same, and what C gets to see of them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import Declined
from loopwright.emit import by_name
from loopwright.emit.base import KernelSource
from loopwright.emit.build import build_cython, toolchain
from loopwright.extensions import prepare
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.check import check
from loopwright.ir.interp import run
from loopwright.ir.nodes import Program
from loopwright.passes.base import Applied, Unchanged
from loopwright.passes.chunks import Chunks
from loopwright.pipeline import Passes, compiled_passes
from loopwright.workers import Workers

HEADER = """
import numpy as np
from numpy.typing import NDArray
from typing import Annotated
F1 = Annotated[NDArray[np.float64], "n"]
F2 = Annotated[NDArray[np.float64], "n m"]
G2 = Annotated[NDArray[np.float64], "k m"]
"""
CUT = {
    "element by element": (
        "def f(x: F1, y: F1):\n    for i in range(len(x)):\n        t = x[i] * 2.0\n"
        "        y[i] = t * t + x[i]"
    ),
    "a part of a range": (
        "def f(x: F1, a: int, b: int):\n    out = np.zeros(len(x))\n"
        "    for i in range(max(a, 0), min(b, len(x))):\n        out[i] = np.sqrt(abs(x[i])) + a\n"
        "    return out"
    ),
    "rows of an array that is made": (
        "def f(x: F2, y: G2):\n    out = np.empty((x.shape[0], y.shape[0]))\n"
        "    for i in range(x.shape[0]):\n        for j in range(y.shape[0]):\n            s = 0.0\n"
        "            for c in range(x.shape[1]):\n                s += (x[i, c] - y[j, c]) ** 2\n"
        "            out[i, j] = s\n    return out"
    ),
    "branches and a loop that ends early": (
        "def f(x: F2, y: F1):\n    for i in range(x.shape[0]):\n        s = 0.0\n"
        "        for c in range(x.shape[1]):\n            if x[i, c] > 1.0:\n                break\n"
        "            s += x[i, c]\n        y[i] = s if s > 0.0 else -s"
    ),
    "inside a loop with an order": (
        "def f(x: F2, y: F1):\n    for t in range(3):\n        for i in range(x.shape[0]):\n"
        "            s = 0.0\n            for c in range(x.shape[1]):\n                s += x[i, c] * t\n"
        "            y[i] = y[i] * 0.5 + s"
    ),
}
WHOLE = {
    "a sum": (
        "def f(x: Annotated[NDArray[np.int64], 'n']):\n    s = np.int64(0)\n    for i in range(len(x)):\n"
        "        s += x[i]\n    return s", "`s` goes from one iteration to others"),
    "a sum that nobody reads": (
        "def f(x: Annotated[NDArray[np.int64], 'n'], y: F1):\n    s = np.int64(0)\n"
        "    for i in range(min(len(x), len(y))):\n        s += x[i]\n        y[i] = 2.0 * y[i]",
        "`s` goes from one iteration to others"),
    "matrix products": (
        "def f(x: F2, y: F2) -> None:\n    for i in range(len(x)):\n        y[i, 0] = np.dot(x[i], x[0])",
        "whole arrays"),
}  # fmt: skip
SIZES = [0, 1, 2, 63, 64, 65, 130]


def low(source: str) -> Program:
    return Passes(lower_function(HEADER + source)).run(compiled_passes(())).program


def arguments(program: Program, n: int) -> list[Any]:
    rng = np.random.default_rng(n)
    made: list[Any] = []
    for p in program.main.params:
        shown = str(p.type)
        if ":, :" in shown or "ndim=2" in shown:
            made.append(rng.normal(size=(n, 3)))
        elif "[" in shown or "ndim=1" in shown:
            made.append(rng.normal(size=n))
        else:
            made.append(5 if p.name == "a" else n - 3)
    return made


def same(one: Any, other: Any) -> None:
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("source", CUT.values(), ids=CUT)
@pytest.mark.parametrize("count", [1, 7, 64])
def test_chunks_compute_the_same(source: str, count: int) -> None:
    program = low(source)
    outcome = Chunks(count=count, min_work=0).run(program)
    assert isinstance(outcome, Applied)
    check(outcome.program)
    assert len(outcome.program.helpers) == len(program.helpers) + 1
    for n in SIZES:
        mine, theirs = arguments(program, n), arguments(program, n)
        same(run(outcome.program, mine), run(program, theirs))
        same(mine, theirs)


@pytest.mark.parametrize(("source", "why"), WHOLE.values(), ids=WHOLE)
def test_other_loops_stay_whole(source: str, why: str) -> None:
    outcome = Chunks(min_work=0).run(lower_function(HEADER + source))
    assert isinstance(outcome, Unchanged)
    assert [d.code for d in outcome.declined] == ["LW211"]
    assert why in outcome.declined[0].why


@pytest.mark.skipif(isinstance(toolchain(), Declined), reason="no C compiler here")
def test_compiled_chunks_are_functions_of_c(tmp_path: Path) -> None:
    cython = by_name("cython")
    programs = {f"k{k}": low(source) for k, source in enumerate(CUT.values())}
    texts = [cython.prelude]
    for name, program in programs.items():
        outcome = Chunks(min_work=0).run(program)
        assert isinstance(outcome, Applied)
        made = cython.emit(outcome.program, name)
        assert isinstance(made, KernelSource)
        assert "prange(" in made.text and "-> cython.void" in made.text
        texts.append(made.text)
    path = tmp_path / "chunk_kernels.py"
    path.write_text("\n\n".join(texts), encoding="utf-8")
    with Workers(prepare) as workers:
        built = build_cython(path, workers=workers, cache_dir=tmp_path / "cache", native=False)
    assert isinstance(built, Path), built
    module = loaded(path.stem, built)
    for name, program in programs.items():
        for n in SIZES:
            mine, theirs = arguments(program, n), arguments(program, n)
            got = getattr(module, name)(*mine)
            ok, *results = got if isinstance(got, tuple) else (got,)
            assert ok is True
            same(results, run(program, theirs))
            same(mine, theirs)


def loaded(name: str, path: Path) -> Any:
    for file in (next(path.parent.glob("loopwright_cython_*")), path):
        stem = file.name.split(".")[0]
        spec = importlib.util.spec_from_file_location(stem, file)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(stem, module)
        spec.loader.exec_module(module)
    return module
