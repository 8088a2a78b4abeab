"""Compiled draws take the numbers that NumPy would, and leave the generator where NumPy would."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import lowlang
import numpy as np
import pytest

from loopwright.ir.interp_draws import draw_number

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


METHODS = {
    "standard_exponential": (),
    "standard_cauchy": (),
    "laplace": ("a", "b"),
    "logistic": ("a", "b"),
    "lognormal": ("a", "b"),
    "rayleigh": ("b",),
    "standard_gamma": ("b",),
    "gamma": ("b", "c"),
    "beta": ("b", "c"),
    "chisquare": ("b",),
    "standard_t": ("b",),
    "pareto": ("b",),
    "power": ("b",),
    "weibull": ("b",),
    "triangular": ("a", "b", "c"),
    "poisson": ("c",),
    "binomial": ("n", "p"),
    "geometric": ("p",),
}
LINES = "\n".join(
    f"        x{k} = rng.{name}({', '.join(args)})\n        out[i, {k}] = "
    + (f"f8(x{k})" if name in ("poisson", "binomial", "geometric") else f"x{k}")
    for k, (name, args) in enumerate(METHODS.items())
)
EVERY = f"""
def g(rng: rng, n: i8, a: f8, b: f8, c: f8, p: f8) -> "f8[:, :], i8":
    out = empty(f8, (200, {len(METHODS)}))
    for i in range(200):
{LINES}
    t = 0
    for i in range(200):
        j = rng.interval(i)
        t = t * 3 + j
    return out, t
"""


@pytest.fixture(scope="module", params=["numba", "cython"])
def made(load: Callable[..., ModuleType], request: pytest.FixtureRequest) -> ModuleType:
    return load(request.param, {"draws": lowlang.read(SOURCE), "every": lowlang.read(EVERY)})


@pytest.fixture
def kernel(made: ModuleType) -> Callable[..., tuple]:
    return made.draws  # type: ignore[no-any-return]


@pytest.fixture
def every(made: ModuleType) -> Callable[..., tuple]:
    return made.every  # type: ignore[no-any-return]


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


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param((3, -0.5, 0.5, 0.7, 0.4), id="shapes below one"),
        pytest.param(
            (100, 0.5, 1.0, 10.0, 0.9), id="a Poisson number at the border of two methods"
        ),
        pytest.param((10**6, 0.0, 3.5, 1e4, 0.02), id="large counts"),
        pytest.param((0, -1.0, 7.0, 23.0, 1.0), id="sure events and no trials"),
    ],
)
def test_every_distribution_is_numpys(
    every: Callable[..., tuple], numbers: tuple[float, ...]
) -> None:
    mine, theirs = np.random.default_rng(11), np.random.default_rng(11)
    ok, out, total = every(mine, *numbers)
    values = dict(zip("nabcp", numbers, strict=True))
    expected = [
        [getattr(theirs, name)(*(values[a] for a in args)) for name, args in METHODS.items()]
        for _ in range(200)
    ]
    order = np.arange(200)
    seen = 0
    for i in range(200):
        seen = seen * 3 + draw_number(theirs, "interval", (i,))
    assert ok
    assert out.tobytes() == np.array(expected, np.float64).tobytes()
    assert (total - seen) % 2**64 == 0
    assert mine.bit_generator.state == theirs.bit_generator.state
    theirs.shuffle(order)
    for i in range(199, 0, -1):
        draw_number(mine, "interval", (i,))
    assert mine.bit_generator.state == theirs.bit_generator.state
