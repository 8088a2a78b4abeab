"""What the suite makes of a program's file before it is measured."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cases import Case, cases, needed
from harness import CORPUS
from peers import Skipped, build, parallel_njit, pythran_type
from rounds import measure
from suite import without_folders

MODULE = '''\
"""A module."""

import math

import numpy as np

SCALE = 2.0


def helper(x):
    # a remark
    return SCALE * math.sqrt(x)


def kernel(x):
    total = 0.0
    for i in range(len(x)):
        total += helper(x[i])
    return total


def idiom(x):
    return np.sum(SCALE * np.sqrt(x))
'''


def test_a_kernel_keeps_what_it_needs_and_nothing_else() -> None:
    text = needed(MODULE, "kernel")
    assert text.startswith("import math\n\n\nSCALE = 2.0\n\n\ndef helper(x):\n    # a remark\n")
    assert "numpy" not in text and "idiom" not in text and "A module" not in text


def test_a_program_of_the_corpus_stays_as_it_is() -> None:
    path = CORPUS / "graph" / "floyd_warshall.py"
    assert Case(path).source() == path.read_text(encoding="utf-8")


def test_a_name_may_be_short_or_whole() -> None:
    assert cases(["lu"]) == cases(["linalg/lu"])
    assert [c.name for c in cases(["sobel"], corpus=True)] == ["stencils/sobel", "vision/sobel"]
    with pytest.raises(SystemExit, match="no program named nothing"):
        cases(["nothing"])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(np.zeros((2, 3)), "float64[:,:]", id="an array"),
        pytest.param([1, 2], "int list", id="a list of ints"),
        pytest.param([[0.5]], "float list list", id="a list of lists"),
        pytest.param((1, 2.0), "(int, float)", id="a tuple"),
        pytest.param(True, "bool", id="a bool is no int"),
    ],
)
def test_pythran_is_told_the_type_of(value: Any, text: str) -> None:
    assert pythran_type(value) == text


def test_pythran_has_no_type_for_an_object() -> None:
    with pytest.raises(TypeError, match="Generator"):
        pythran_type(np.random.default_rng(0))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(
            "not built: /a/b-c/d.py:6:0 error", "not built: d.py:6:0 error", id="absolute"
        ),
        pytest.param('File "../../a/b/c.py", line 4', 'File "c.py", line 4', id="relative"),
        pytest.param("a / b, and 3/4", "a / b, and 3/4", id="divisions stay"),
    ],
)
def test_messages_lose_the_folders_of_a_machine(text: str, shown: str) -> None:
    assert without_folders(text) == shown


@pytest.mark.filterwarnings("ignore:[\\s\\S]*no transformation for parallel")
def test_a_loop_is_shared_among_threads_by_its_variable(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(needed(MODULE, "kernel"), encoding="utf-8")
    module = parallel_njit(path, ("i",))
    assert "prange" in module.kernel.py_func.__code__.co_names
    assert "prange" not in module.helper.py_func.__code__.co_names
    assert module.kernel.targetoptions["parallel"] and module.kernel.targetoptions["fastmath"]
    assert parallel_njit(path, ()).kernel.py_func(np.array([4.0])) == 4.0


def test_a_version_that_raises_is_left_out_with_its_reason(tmp_path: Path) -> None:
    (case,) = cases(["stream/axpy"])
    source = tmp_path / "axpy.py"
    source.write_text(case.source(), encoding="utf-8")
    broken = tmp_path / "broken.py"
    broken.write_text("def kernel(alpha, x, y):\n    raise ValueError('no such\\nthing')\n")
    array = build("numpy", case, source, tmp_path, sys.executable)
    assert not isinstance(array, Skipped)
    versions = {"original": source, "numpy": array, "ours-auto": broken}
    measured = measure(case, versions, {"small": 9}, 2, tmp_path / "rounds")
    assert measured.failed == {"ours-auto": "ValueError: no such thing"}
    cells = measured.sizes["small"]
    assert list(cells) == ["original", "numpy"]
    assert cells["original"]["error"] == 0 and cells["numpy"]["error"] <= 1e-15
    assert all(cell["seconds"] > 0 and cell["rounds"] >= 2 for cell in cells.values())
