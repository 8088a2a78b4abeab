"""Compiled draws take the numbers that NumPy would, and leave the generator where NumPy would."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import lowlang
import numpy as np
import pytest

SOURCE = """
def f(rng: rng, n: i8, low: f8, scale: f8, top: i8) -> "f8[:, :], i8[:, :]":
    reals = empty(f8, (n, 8))
    whole = empty(i8, (n, 3))
    for i in range(n):
        a = rng.random()
        b = rng.standard_normal()
        c = rng.normal()
        d = rng.normal(low, scale)
        e = rng.uniform()
        g = rng.uniform(low, scale)
        h = rng.exponential()
        k = rng.exponential(scale)
        reals[i, 0] = a
        reals[i, 1] = b
        reals[i, 2] = c
        reals[i, 3] = d
        reals[i, 4] = e
        reals[i, 5] = g
        reals[i, 6] = h
        reals[i, 7] = k
        p = rng.integers(top)
        q = rng.integers(-3, top)
        r = rng.integers(0, 9)
        whole[i, 0] = p
        whole[i, 1] = q
        whole[i, 2] = r
    return reals, whole
"""


def original(
    rng: np.random.Generator, n: int, low: float, scale: float, top: int
) -> tuple[np.ndarray, np.ndarray]:
    reals, whole = np.empty((n, 8)), np.empty((n, 3), np.int64)
    for i in range(n):
        reals[i] = (
            rng.random(), rng.standard_normal(), rng.normal(), rng.normal(low, scale),
            rng.uniform(), rng.uniform(low, scale), rng.exponential(), rng.exponential(scale),
        )  # fmt: skip
        whole[i] = rng.integers(top), rng.integers(-3, top), rng.integers(0, 9)
    return reals, whole


@pytest.fixture(scope="module")
def kernel(load: Callable[..., ModuleType]) -> Callable[..., tuple[bool, np.ndarray, np.ndarray]]:
    return load("numba", {"draws": lowlang.read(SOURCE)}).draws  # type: ignore[no-any-return]


@pytest.mark.parametrize("bits", ["PCG64", "MT19937", "Philox", "SFC64"])
@pytest.mark.parametrize("top", [1, 7, 2**31, 2**32 - 1, 2**32, 2**40])
def test_the_stream_is_numpys(kernel: Callable[..., tuple], bits: str, top: int) -> None:
    mine, theirs = (np.random.Generator(getattr(np.random, bits)(5)) for _ in range(2))
    ok, reals, whole = kernel(mine, 40, -0.5, 2.5, top)
    expected = original(theirs, 40, -0.5, 2.5, top)
    assert ok
    assert reals.tobytes() == expected[0].tobytes()
    assert whole.tobytes() == expected[1].tobytes()
    assert mine.random() == theirs.random()


@pytest.mark.parametrize(
    ("low", "scale", "top"),
    [
        pytest.param(-1.0, -0.5, 5, id="a negative scale"),
        pytest.param(3.0, 2.0, 5, id="a range that is upside down"),
        pytest.param(0.0, np.inf, 5, id="an infinite range"),
        pytest.param(0.0, np.nan, 5, id="a scale that is no number"),
        pytest.param(0.0, 1.0, 0, id="no integer to choose from"),
        pytest.param(0.0, 1.0, -9, id="an upper bound below the lower"),
    ],
)
def test_what_numpy_refuses_makes_the_kernel_give_up(
    kernel: Callable[..., tuple], low: float, scale: float, top: int
) -> None:
    assert kernel(np.random.default_rng(1), 2, low, scale, top)[0] is False
