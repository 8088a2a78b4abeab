"""Sorting in compiled kernels: NumPy's result, or none where NumPy's order of equal elements shows."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from loopwright.frontend.lower_source import lower_function
from loopwright.ir.nodes import Program
from loopwright.pipeline import Passes, compiled_passes

SOURCES = {
    "places": "def f(x: Annotated[NDArray[np.float64], 'n']):\n    return np.argsort(x)\n",
    "ordered": "def f(x: Annotated[NDArray[np.float64], 'n']):\n    return np.sort(x)\n",
    "least": (
        "def f(x: Annotated[NDArray[np.float64], 'n m']):\n    s = 0\n    for i in range(len(x)):\n"
        "        s += np.argsort(x[i])[0]\n    return s\n"
    ),
}


def program(source: str) -> Program:
    return Passes(lower_function(source)).run(compiled_passes(())).program


@pytest.fixture(scope="module")
def kernels(load: Callable[..., ModuleType]) -> ModuleType:
    return load("numba", {name: program(source) for name, source in SOURCES.items()})


X = np.random.default_rng(3).normal(size=40)
TIES = np.array([2.0, 1.0, 2.0])
NAN = np.array([2.0, np.nan, 1.0])
NANS = np.array([np.nan, 2.0, np.nan, 1.0])
ZEROS = np.array([0.0, 1.0, -0.0])
CASES: dict[str, tuple[str, Any, Any]] = {
    "places of distinct keys": ("places", X, np.argsort(X)),
    "places of equal keys": ("places", TIES, None),
    "places with a NaN": ("places", NAN, None),
    "places of one key": ("places", X[:1], np.zeros(1, np.int64)),
    "places of nothing": ("places", X[:0], np.zeros(0, np.int64)),
    "rows": ("least", X.reshape(4, 10), np.argsort(X.reshape(4, 10), axis=1)[:, 0].sum()),
    "rows with equal keys": ("least", np.zeros((2, 3)), None),
    "equal numbers": ("ordered", TIES, np.array([1.0, 2.0, 2.0])),
    "NaNs go last": ("ordered", NANS, np.array([1.0, 2.0, np.nan, np.nan])),
    "zeros of one sign": ("ordered", -np.zeros(3), -np.zeros(3)),
    "zeros of either sign": ("ordered", ZEROS, None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_kernel_sorts_like_numpy_or_gives_up(
    kernels: ModuleType, case: tuple[str, Any, Any]
) -> None:
    name, x, want = case
    out = getattr(kernels, name)(x)
    assert bool(out[0]) == (want is not None)
    if want is not None:
        np.testing.assert_array_equal(out[1], want)
        assert np.array_equal(np.signbit(out[1]), np.signbit(want))
