"""NumPy's int64 wraps, and no compiler may take it for a number that does not."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.pipeline import Passes, compiled_passes

HEADER = """
import numpy as np
from numpy.typing import NDArray
from typing import Annotated
I1 = Annotated[NDArray[np.int64], "n"]

"""
SOURCES = {
    "successors": (
        "def successors(x: I1) -> int:\n    count = 0\n    for i in range(len(x)):\n"
        "        if x[i] + 1 > x[i]:\n            count += 1\n    return count\n"
    ),
    "predecessors": (
        "def predecessors(x: I1) -> int:\n    count = 0\n    for i in range(len(x)):\n"
        "        if x[i] - 1 < x[i]:\n            count += 1\n    return count\n"
    ),
    "doubles": (
        "def doubles(x: I1) -> int:\n    count = 0\n    for i in range(len(x)):\n"
        "        if x[i] * 2 // 2 == x[i]:\n            count += 1\n    return count\n"
    ),
    "squares": (
        "def squares(x: I1) -> int:\n    count = 0\n    for i in range(len(x)):\n"
        "        if x[i] ** 2 < 0:\n            count += 1\n    return count\n"
    ),
    "totals": (
        "def totals(x: I1) -> int:\n    total = np.int64(0)\n    count = 0\n    for i in range(len(x)):\n"
        "        total = total + np.abs(x[i] // 2)\n        if total < 0:\n            count += 1\n"
        "    return count\n"
    ),
    "sums": "def sums(x: I1) -> np.int64:\n    return np.sum(x) + np.cumsum(x)[-1] + np.prod(x)\n",
    "product": "def product(x: I1) -> np.int64:\n    return np.dot(x, x)\n",
}  # fmt: skip
EDGES = [2**63 - 1, 2**63 - 2, 2**62, 3, 2, 0, -1, -5, -(2**62), -(2**63) + 1, -(2**63)]


@pytest.fixture(scope="module", params=["numba", "cython"])
def kernels(request: pytest.FixtureRequest, load: Callable[..., ModuleType]) -> ModuleType:
    passes = compiled_passes(())
    programs = {
        n: Passes(lower_function(HEADER + s)).run(passes).program for n, s in SOURCES.items()
    }
    return load(request.param, programs)


@pytest.mark.parametrize("name", SOURCES)
def test_what_wraps_in_numpy_wraps_when_compiled(kernels: ModuleType, name: str) -> None:
    space: dict[str, Any] = {}
    exec(HEADER + SOURCES[name], space)
    for turn in range(3):
        x = np.roll(np.array(EDGES, np.int64), 4 * turn)
        with np.errstate(all="ignore"):
            assert getattr(kernels, name)(x) == (True, space[name](x))
