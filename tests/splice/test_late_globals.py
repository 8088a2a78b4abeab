"""Globals that a module binds behind the function that reads them: it may be called before they are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from loopwright.frontend.outline import region_of_function
from loopwright.frontend.region import Region
from loopwright.ir.types import FLOAT, Array
from loopwright.splice import refusal

from .rewriting import Kernel, module_of, rewrite

SOURCE = """
import numpy as np

{before}
def total(X):
    s = 0.0
    for x in X:
        if x < 0:
            s += LATE
        s += x
    return s

print(total(np.ones(3)))
{behind}
print(total(np.ones(3)))
"""
# The kernel tells that it ran by a result that the original would not give.
KERNEL = Kernel(
    "total",
    {"X": Array("float64", 1), "LATE": FLOAT},
    "def fast(X, LATE):\n    return True, -LATE\n",
    rows=(0, 2),
    live_outs=("s",),
    results=(FLOAT,),
)
DEFINED = "LATE = 2.5"
WAYS = {
    "bound behind": ("", DEFINED, ["3.0", "-2.5"], "fast(X, globals().get"),
    "bound before": (DEFINED, "", ["-2.5", "-2.5"], "fast(X, LATE)"),
    "bound on some paths before": (
        "if len(np.ones(3)) > 5:\n    LATE = 2.5", DEFINED, ["3.0", "-2.5"], "fast(X, globals().get",
    ),
    "bound on all paths before": (
        "if len(np.ones(3)) > 5:\n    LATE = 1.5\nelse:\n    LATE = 2.5", "", ["-2.5", "-2.5"],
        "fast(X, LATE)",
    ),
    "unbound again, and bound": (
        "LATE = 3.5\ndel LATE", DEFINED, ["3.0", "-2.5"], "fast(X, globals().get",
    ),
    "imported behind": (
        "", "from math import tau as LATE", ["3.0", "-6.283185307179586"], "fast(X, globals().get",
    ),
    "imported before": (
        "from math import tau as LATE", "", ["-6.283185307179586"] * 2, "fast(X, LATE)",
    ),
    "None, and bound": ("LATE = None", DEFINED, ["3.0", "-2.5"], "fast(X, LATE)"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_original_runs_until_the_name_is_bound(
    tmp_path: Path, way: tuple[str, str, list[str], str]
) -> None:
    before, behind, printed, call = way
    tree = rewrite(tmp_path, SOURCE.format(before=before, behind=behind), KERNEL)
    assert call in tree.path.read_text()
    assert tree.run("import mod").splitlines() == printed


def test_in_a_method_of_a_class_in_front(tmp_path: Path) -> None:
    source = SOURCE.format(before="class A:", behind=DEFINED).replace("total(np", "A.total(np")
    head, _, tail = source.partition("def total")
    body, _, rest = tail.partition("\nprint")
    method = "\n".join(f"    {line}" for line in f"def total{body}".splitlines())
    tree = rewrite(
        tmp_path, f"{head}{method}\nprint{rest}", Kernel(**{**vars(KERNEL), "where": "A.total"})
    )
    assert tree.run("import mod").splitlines() == ["3.0", "-2.5"]


def test_a_global_that_a_function_deletes(tmp_path: Path) -> None:
    drop = "def drop():\n    global LATE\n    del LATE\n"
    text = SOURCE.format(before=f"{DEFINED}\n{drop}", behind="drop()")
    assert rewrite(tmp_path, text, KERNEL).run("import mod").splitlines() == ["-2.5", "3.0"]


PRIVATE = """
import numpy as np

class A:
    def total(self, X):
        s = 0.0
        for x in X:
            if x < 0:
                s += __late
            s += x
        return s

print(A().total(np.ones(3)))
__late = 9.0
print(A().total(np.ones(3)))
_A__late = 2.5
print(A().total(np.ones(3)))
"""


def test_a_private_name_in_a_class_is_another_name(tmp_path: Path) -> None:
    params = {"X": Array("float64", 1), "__late": FLOAT}
    more = {
        "where": "A.total",
        "params": params,
        "text": "def fast(X, late):\n    return True, -late\n",
    }
    tree = rewrite(tmp_path, PRIVATE, Kernel(**{**vars(KERNEL), **more}))
    assert tree.run("import mod").splitlines() == ["3.0", "3.0", "-2.5"]


@pytest.mark.parametrize("before", ["def globals():\n    return {}\n", "from helpers import *"])
def test_where_globals_may_be_another_function_the_region_is_declined(
    tmp_path: Path, before: str
) -> None:
    source = SOURCE.format(before=before, behind=DEFINED)
    module = module_of(source.encode(), tmp_path / "mod.py", tmp_path)
    region = region_of_function(module, "total")
    assert isinstance(region, Region)
    found = refusal(region)
    assert found is not None and found.code == "LW609" and "LATE" in found.why
