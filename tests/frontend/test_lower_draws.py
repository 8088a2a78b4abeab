"""Draws of arrays, permutations, shuffles and choices: the numbers and the state that NumPy leaves."""

from __future__ import annotations

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, by_python, refusal, same

X = np.arange(12.0).reshape(4, 3)


def rng(seed: int = 3) -> np.random.Generator:
    return np.random.default_rng(seed)


def source(expr: str, *names: str) -> str:
    return f"\ndef f({', '.join(['rng', *names])}):\n    r = {expr}\n    return r, rng.random()\n"


PLAIN = """
rng.permutation(10)
rng.permutation(0)
rng.permutation(1)
rng.random(5)
rng.random((2, 3))
rng.random(size=0)
rng.random(None)
rng.standard_normal(size=(3,))
rng.normal(size=4)
rng.normal(1.0, 2.0, size=(2, 2))
rng.normal(0.0, -1.0)
rng.normal(0.0, -1.0, size=0)
rng.uniform(-1, 1, (3,))
rng.uniform(1, -1, 0)
rng.exponential(2.0, 3)
rng.integers(0, 10, size=7)
rng.integers(5, size=(2, 2))
rng.integers(0, 0, size=0)
rng.integers(0, 0, size=1)
rng.integers(0, 10, 4, dtype=np.int32)
rng.integers(0, 2**31 + 1, 4, dtype=np.int32)
rng.integers(2**32, dtype=np.uint32)
rng.integers(1, 6, endpoint=True)
rng.integers(3, dtype=int)
rng.integers(3, size=2, dtype=int)
rng.poisson(3.0)
rng.poisson(30.0, size=3)
rng.binomial(10, 0.3, 5)
rng.binomial(10, 1.5)
rng.gamma(2.0, size=3)
rng.standard_gamma(2.0)
rng.beta(1, 2)
rng.geometric(0.2, 5)
rng.triangular(0, 1, 2, size=3)
rng.laplace()
rng.lognormal(0.0, 0.3, 2)
rng.choice(10)
rng.choice(0)
rng.choice(10, size=3)
rng.choice(10, (2, 2))
rng.choice(3, 0)
rng.choice(10, replace=False)
rng.choice(10, 3, replace=False)
rng.choice(10, 10, replace=False)
rng.choice(10, 11, replace=False)
rng.choice(3, 0, replace=False)
rng.choice(10, 4, False, None, 0, False)
rng.choice(10000, 500, replace=False)
rng.choice(10001, 200, replace=False)
rng.choice(10001, 201, replace=False)
rng.choice(10001, 501, replace=False, shuffle=False)
rng.choice(10001, 10001, replace=False)
rng.choice([1, 2, 3])
rng.choice([1.5, 2.5], size=4)
rng.choice(3, p=[0.2, 0.3, 0.5])
rng.choice(3, p=[0.2, 0.3, 0.6])
rng.choice(3, p=[0.5, 0.5])
rng.choice(3, p=[1.5, -0.5, 0.0])
rng.choice(3, 5, p=[0.0, 0.3, 0.7])
rng.choice(5, 4, replace=False, p=[0.1, 0.2, 0.3, 0.15, 0.25])
rng.choice(3, 3, replace=False, p=[0.0, 0.3, 0.7])
""".strip().splitlines()


@pytest.mark.parametrize("expr", PLAIN)
def test_numbers_and_state_are_numpys(expr: str) -> None:
    assert_same(source(expr), rng())


@pytest.mark.parametrize(
    ("expr", "x"),
    [
        ("rng.permutation(x)", X),
        ("rng.permutation(x)", X[:, 0]),
        ("rng.permutation(x[:, 1])", X),
        ("rng.permutation(x)", [1, 2, 3, 4, 5]),
        ("rng.permutation(x)", np.zeros((0, 2))),
        ("rng.shuffle(x)", X),
        ("rng.shuffle(x)", np.arange(7)),
        ("rng.shuffle(x)", np.arange(1)),
        ("rng.shuffle(x)", np.arange(0)),
        ("rng.shuffle(x)", np.zeros((5, 0))),
        ("rng.shuffle(x)", np.arange(24.0).reshape(4, 3, 2)),
        ("rng.shuffle(x)", [1, 2, 3, 4, 5]),
        ("rng.shuffle(x)", [0.5]),
        ("rng.choice(x)", X[0]),
        ("rng.choice(x)", X),
        ("rng.choice(x, 2)", X),
        ("rng.choice(x, 2, replace=False)", X),
        ("rng.choice(x, (2, 2))", X[0]),
        ("rng.normal(x, 1.0)", X),
        ("rng.normal(x, x[0] + 1)", X),
        ("rng.normal(x[0], 1.0, size=(4, 3))", X),
        ("rng.normal(0.0, x, size=4)", np.array([1.0, 2.0, 0.0, 3.0])),
        ("rng.normal(0.0, x)", np.array([1.0, -2.0])),
        ("rng.poisson(x)", X),
        ("rng.exponential(x, 0)", -1.0),
        ("rng.poisson(x, 0)", -1.0),
        ("rng.binomial(x, 0.5, 0)", -1),
        ("rng.permutation(x)", 6),
    ],
)
def test_arguments_that_are_arrays_and_lists(expr: str, x: object) -> None:
    assert_same(source(expr, "x"), rng(), x)


def test_a_kernel_may_only_give_up_where_numpy_stretches_an_axis() -> None:
    text, args = source("rng.normal(x, 1.0, size=(4, 3))", "x"), (rng(), np.array([1.0]))
    assert by_python(text, args).failed is None
    assert by_kernel(text, args).failed is not None


def test_two_generators_on_one_source_of_bits_take_turns() -> None:
    text = """
def f(a, b):
    x = a.integers(0, 10)
    y = b.random()
    z = a.integers(0, 10)
    return x, y, z, b.integers(0, 10, size=3), a.random()
"""
    bits = (np.random.PCG64(5), np.random.PCG64(5))
    outcomes = []
    for run, source_of_bits in zip((by_python, by_kernel), bits, strict=True):
        one = np.random.Generator(source_of_bits)
        outcomes.append(run(text, (one, one)).result)
    assert same(*outcomes)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("bits", ["PCG64", "MT19937", "Philox", "SFC64"])
def test_halves_of_64_bits_are_kept_for_the_next_draw(bits: str, seed: int) -> None:
    text = """
def f(rng, n):
    a = rng.integers(0, 7)
    order = rng.permutation(n)
    total = 0.0
    for i in order:
        total = total * 0.5 + rng.random() * i
        if rng.integers(0, 3) == 0:
            rng.shuffle(order)
    return a, total, rng.choice(n, 3, replace=False), rng.integers(0, 2**40), rng.choice(order)
"""
    assert_same(text, np.random.Generator(getattr(np.random, bits)(seed)), 9)


@pytest.mark.parametrize(
    ("expr", "code"),
    [
        ("rng.random(dtype=np.float32)", "LW106"),
        ("rng.integers(0, 9, 4, dtype=np.uint8)", "LW106"),
        ("rng.integers(0, 9, dtype=None)", "LW111"),
        ("rng.permutation(3.5)", "LW106"),
        ("rng.multivariate_normal([0.0], [[1.0]])", "LW106"),
        ("rng.interval(3)", "LW106"),
        ("rng.random(())", "LW106"),
        ("rng.random(out=x)", "LW102"),
        ("rng.permutation(x, axis=1)", "LW106"),
        ("rng.shuffle(x, axis=1)", "LW106"),
        ("rng.shuffle(x[1:])", "LW106"),
        ("rng.choice(x, axis=1)", "LW106"),
        ("rng.choice(9, (2, 2), replace=False)", "LW106"),
        ("rng.choice(2, p=[1, 0])", "LW106"),
    ],
)
def test_what_is_declined(expr: str, code: str) -> None:
    assert refusal(source(expr, "x"), rng(), X).code == code
