"""Kernels of regions: wrong values, wrong guards, crashes and hangs are refused, right ones pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.domain import Domain, Group, Param
from loopwright.ir.results import Delivery
from loopwright.ir.types import FLOAT, Array, ListOf, Py, Ragged, Records, Rng, RngForm
from loopwright.verify.verdict import render

from .regions import GUARD, Text, verify

DIFFERENT = {
    "a guard that lets overlapping arrays pass": ("not np.shares_memory(x, y)", "True"),
    "a guard that lets other dtypes pass": ("a.dtype == np.float64", "a.dtype.kind == 'f'"),
    "a guard that lets too long loops pass": ("0 < n <= min(len(x), len(y))", "0 < n"),
    "a kernel that reads one too few": ("y[:n] + 1.0", "np.append(y[: n - 1], 1.0) + 1.0"),
    "a scalar of another type": ("np.cumsum(np.append(0.0, x[:n]))[-1]",
                                 "float(np.cumsum(np.append(0.0, x[:n]))[-1])"),
    "a sum in another order": ("np.cumsum(np.append(0.0, x[:n]))[-1]", "np.sum(x[:n])"),
    "a dispatch that writes before it declines": ("else None", "else x.fill(0.0)"),
    "a kernel that raises": ("x[:n] = ", "1 / 0; x[:n] = "),
    "a kernel that crashes": ("x[:n] = ", "import ctypes; ctypes.string_at(0); x[:n] = "),
    "a kernel that ends the process": ("x[:n] = ", "import os; os._exit(0); x[:n] = "),
    "a kernel that eats memory": ("x[:n] = ", "z = [0] * 2**34; x[:n] = "),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_wrong_kernel_is_refused(old: str, new: str, tmp_path: Path) -> None:
    assert old in GUARD
    verdict = verify(tmp_path, GUARD.replace(old, new), time_limit=3.0)
    assert verdict.status == "different", render(verdict)
    assert verdict.counterexample is not None


def test_a_right_kernel_passes(tmp_path: Path) -> None:
    verdict = verify(tmp_path, GUARD)
    assert verdict.status == "same", render(verdict)
    assert verdict.evidence.accepted >= 10
    assert not verdict.evidence.unreached


def test_a_kernel_that_hangs_on_some_inputs_is_refused(tmp_path: Path) -> None:
    hanging = GUARD.replace("x[:n] = ", "\n    while n == 3: pass\n    x[:n] = ")
    verdict = verify(tmp_path, hanging)
    assert verdict.status == "different"
    assert "did not return" in render(verdict)


def test_a_kernel_that_never_runs_decides_nothing(tmp_path: Path) -> None:
    verdict = verify(tmp_path, "def kernel(x, y, n):\n    return None\n")
    assert verdict.status == "undecided"
    assert "meaningful" in verdict.reason


def test_a_module_that_does_not_load_decides_nothing(tmp_path: Path) -> None:
    verdict = verify(tmp_path, "import no_such_module\n")
    assert verdict.status == "undecided"
    assert "no_such_module" in verdict.reason


def test_the_counterexample_runs(tmp_path: Path) -> None:
    old, new = DIFFERENT["a sum in another order"]
    verdict = verify(tmp_path, GUARD.replace(old, new), time_limit=3.0)
    assert verdict.counterexample is not None
    exec(verdict.counterexample.program, {})


def test_another_order_of_a_sum_is_faithful(tmp_path: Path) -> None:
    old, new = DIFFERENT["a sum in another order"]
    verdict = verify(tmp_path, GUARD.replace(old, new), accuracy="faithful", program=PROGRAM)
    assert verdict.status == "same", render(verdict)


def test_a_sum_in_single_precision_is_not_faithful(tmp_path: Path) -> None:
    old, _ = DIFFERENT["a sum in another order"]
    single = "np.float64(np.sum(x[:n].astype(np.float32)))"
    for number, program in enumerate((PROGRAM, None)):
        folder = tmp_path / str(number)
        folder.mkdir()
        verdict = verify(folder, GUARD.replace(old, single), accuracy="faithful", program=program)
        assert verdict.status == "different", render(verdict)


PROGRAM = lower_function(
    "import numpy as np\nfrom typing import Annotated\nfrom numpy.typing import NDArray\n"
    "def entry(x: Annotated[NDArray[np.float64], 'n'], y: Annotated[NDArray[np.float64], 'n'],"
    " n: int):\n"
    "    s = 0.0\n    for i in range(n):\n        x[i] = x[i] * y[i] + 1.0\n        s += x[i]\n"
    "    return s\n"
)
OWNED = Text(
    """
import numpy as np

class Owner:
    def gain(self, v):
        return v * self.rate

OBJECTS = {"self": Owner}

def entry(self, rows, rng):
    for i in range(len(self.w)):
        self.w[i] += self.gain(rows[i]) + rng.random()
""",
    "entry",
    ("self", "rows", "rng"),
)
OWNED_DOMAIN = Domain(
    (
        Param("self_w", "self.w", Array("float64", 1)),
        Param("self_rate", "self.rate", Py("float")),
        Param("rows", "rows", ListOf(Py("float"))),
        Param("rng", "rng", Rng()),
    )
)
OWNED_KERNEL = """
import numpy as np

def kernel(self, rows, rng):
    w, rate = self.w, self.rate
    if not (type(w) is np.ndarray and w.dtype == np.float64 and w.dtype.isnative and w.ndim == 1):
        return None
    if not (w.flags.writeable and type(rate) is float and type(rows) is list):
        return None
    if len(rows) < len(w) or not all(type(v) is float for v in rows):
        return None
    w += np.array(rows[:len(w)]) * rate + rng.random(len(w))
    return True
"""


EFFECTS = Delivery(nothing=True)


GENERATORS = ("Generator", "RandomState")


def owned(form: RngForm) -> Domain:
    *others, _ = OWNED_DOMAIN.params
    return replace(OWNED_DOMAIN, params=(*others, Param("rng", "rng", Rng(form))))


@pytest.mark.parametrize("form", GENERATORS)
def test_attributes_lists_and_generators_are_roots_and_leaves(
    form: RngForm, tmp_path: Path
) -> None:
    verdict = verify(tmp_path, OWNED_KERNEL, OWNED, owned(form), delivery=EFFECTS)
    assert verdict.status == "same", render(verdict)


@pytest.mark.parametrize("form", GENERATORS)
def test_a_generator_left_in_another_state_is_a_difference(form: RngForm, tmp_path: Path) -> None:
    drawn = OWNED_KERNEL.replace("    return True", "    rng.random()\n    return True")
    verdict = verify(tmp_path, drawn, OWNED, owned(form), delivery=EFFECTS)
    assert verdict.status == "different"
    assert verdict.reason.startswith("generator state")


NESTED = Text(
    """
def entry(x, self):
    t = 0.0
    for row, others in zip(x, self.layers):
        for each, node in zip(row, others):
            t = 0.5 * t + each["a"] - node.w
    return t
""",
    "entry",
    ("x", "self"),
)
ROWS = Ragged(ListOf(FLOAT))
NESTED_DOMAIN = Domain(
    (
        Param("x_a", "x[0]", ROWS),
        Param("x_bounds", "x[0]", ROWS, bounds=True),
        Param("layers_w", "self.layers[0]", ROWS),
        Param("layers_bounds", "self.layers[0]", ROWS, bounds=True),
    ),
    (
        Group("x", "x", ("x_a",), Ragged(Records((FLOAT,), ("a",), "dict"))),
        Group("layers", "self.layers", ("layers_w",), Ragged(Records((FLOAT,), ("w",), "object"))),
    ),
)
NESTED_KERNEL = """
def kernel(x, self):
    if type(x) is not list or any(type(row) is not list for row in x):
        return None
    if any(type(each.get("a")) is not float for row in x for each in row):
        return None
    rows = [[node.w for node in row] for row in self.layers]
    if any(type(w) is not float for row in rows for w in row):
        return None
    t = 0.0
    for row, others in zip(x, rows):
        for k in range(min(len(row), len(others))):
            t = 0.5 * t + row[k]["a"] - others[k]
    return t
"""


def test_lists_of_lists_of_dicts_and_objects_are_drawn(tmp_path: Path) -> None:
    verdict = verify(tmp_path, NESTED_KERNEL, NESTED, NESTED_DOMAIN)
    assert verdict.status == "same", render(verdict)
    assert verdict.evidence.accepted > 0.45 * verdict.evidence.inputs


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("others[k]\n", "others[0]\n"),
        ("zip(x, rows)", "zip(x[:2], rows)"),
        ("    return t", '    if x and x[0]:\n        x[0][0]["a"] = t\n    return t'),
        (
            "    return t",
            "    if rows and rows[-1]:\n        self.layers[-1][-1].w = t\n    return t",
        ),
    ],
    ids=["an object", "a row", "a dict that changed", "an object that changed"],
)
def test_a_kernel_that_takes_the_wrong_one_of_them_is_refused(
    old: str, new: str, tmp_path: Path
) -> None:
    assert old in NESTED_KERNEL
    verdict = verify(tmp_path, NESTED_KERNEL.replace(old, new), NESTED, NESTED_DOMAIN)
    assert verdict.status == "different", render(verdict)


TOTAL = Text(
    """
import math

def entry(x):
    return math.fsum(x)
""",
    "entry",
    ("x",),
)
TOTAL_KERNEL = """
import math

def kernel(x):
    if type(x) is not list or not all(type(v) is float for v in x):
        return None
    return math.fsum(x)
"""


def test_a_kernel_that_declines_is_not_blamed_for_the_time_of_the_check(tmp_path: Path) -> None:
    """Whether it left so long a list alone takes longer to see than a call may take."""
    samples = [{"x": [0.5] * 9}, {"x": [0.5, 1] * 1_000_000}]
    domain = Domain((Param("x", "x", ListOf(Py("float"))),))
    verdict = verify(tmp_path, TOTAL_KERNEL, TOTAL, domain, samples=samples, time_limit=3.0)
    assert verdict.status == "same", render(verdict)


def test_recorded_samples_are_run_and_relate_lengths(tmp_path: Path) -> None:
    samples = [
        {"x": np.arange(7.0), "y": np.ones(7), "n": 7},
        {"x": np.arange(90.0), "y": np.ones(90), "n": 90},
    ]
    verdict = verify(tmp_path, GUARD, samples=samples)
    assert verdict.status == "same", render(verdict)
    assert verdict.evidence.accepted > 0.45 * verdict.evidence.inputs
    assert "recorded inputs" in verdict.evidence.classes
