"""Complex arrays, sorting, joining and random draws, against NumPy; what is declined."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, refusal

_RNG = np.random.default_rng(7)
X = _RNG.normal(size=(4, 3))
V = _RNG.normal(size=300)
W = _RNG.normal(size=4)
N = np.array([3, 1, 4, 1, 5, 9, 2, 6])
B = np.array([True, False, True, True])
C = X[:, 0] + 1j * X[:, 1]

CASES: list[tuple[str, str, tuple[Any, ...]]] = [
    (
        "Python's max over an array",
        """
def f(x):
    return (
        max(x[0]), min(x[1]), sum(x[2]), sum(v * v for v in x[0]), any(v > 2 for v in x[0]),
        all(x[0] < 9),
    )
""",
        (X,),
    ),
    (
        "complex arrays",
        """
def f(c):
    return c * np.conj(c), np.abs(c), c.real * 1, (c[0] * c[1]).real, abs(c[0]), c.sum()
""",
        (C,),
    ),
    (
        "sorting and counting",
        """
def f(v, n):
    return (
        np.sort(v), np.argsort(v, kind='stable'), np.unique(n), np.bincount(n),
        np.bincount(n, minlength=12), np.flatnonzero(n > 2), np.count_nonzero(n > 2),
    )
""",
        (V[:20], N),
    ),
    (
        "joining arrays",
        """
def f(w, x):
    return (
        np.concatenate([w, w[1:]]), np.stack([w, w]), np.vstack([w, w]), np.hstack([x, x]),
        np.concatenate((x, x), axis=1),
    )
""",
        (W, X),
    ),
    (
        "constants",
        """
def f(x):
    return x[0, 0] * np.pi, np.inf, np.full(2, np.nan)
""",
        (X,),
    ),
    (
        "np.float64 and np.int64 powers",
        """
def f(x, n):
    return x[0, 0] ** 2, x[0, 0] ** 0.5, n[0] ** 2, 2.0 ** n[0], 2 ** n[0]
""",
        (np.abs(X), N),
    ),
    (
        "softmax",
        """
def f(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
""",
        (X,),
    ),
    (
        "draws from a generator",
        """
def f(rng, n):
    t = 0.0
    k = 0
    for _ in range(n):
        t += rng.normal(1.0, scale=2.0) * rng.random()
        if rng.random() < 0.5 and rng.uniform(-1, 1) > 0:
            k += rng.integers(0, 10)
        t -= rng.exponential() + rng.standard_normal()
    return t, k
""",
        (np.random.default_rng(3), 12),
    ),
    (
        "draws keep their order with other operands",
        """
def f(rng, x):
    return x[0, 0] - rng.random() * (rng.random() - rng.integers(5)), rng.random()
""",
        (np.random.default_rng(3), X),
    ),
]


@pytest.mark.parametrize(("source", "args"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_kernel_does_what_the_function_does(source: str, args: tuple[Any, ...]) -> None:
    assert_same(source, *args)


REFUSALS: list[tuple[str, str, tuple[Any, ...], str]] = [
    (
        "an argument given twice",
        """
def f(x):
    return x.sum(x, axis=0)
""",
        (X,),
        "LW111",
    ),
    (
        "a power of booleans",
        """
def f(b):
    return b**2
""",
        (B,),
        "LW304",
    ),
    (
        "an ellipsis for no axis",
        """
def f(w):
    return w[0, ...]
""",
        (W,),
        "LW103",
    ),
    (
        "a matrix product of lists",
        """
def f(a):
    return a @ a
""",
        ([1.0, 2.0],),
        "LW103",
    ),
    (
        "None for a number of points",
        """
def f(n):
    return np.linspace(0, 1, n)
""",
        (None,),
        "LW102",
    ),
    (
        "an integer array += floats",
        """
def f(n):
    n += 0.5
    return n
""",
        (N,),
        "LW304",
    ),
    (
        "bool minus bool",
        """
def f(b):
    return b - b
""",
        (B,),
        "LW304",
    ),
    (
        "complex into real",
        """
def f(x, c):
    x[:, 0] = c
""",
        (X, C),
        "LW304",
    ),
    (
        "a random function of NumPy",
        """
def f(n):
    return np.random.rand(n) * np.random.vonmises(0.0, n)
""",
        (3,),
        "LW102",
    ),
    (
        "where of numbers",
        """
def f(a):
    return np.where(a > 0, 1, 0)
""",
        (3,),
        "LW102",
    ),
    (
        "a draw of many vectors",
        """
def f(rng):
    return rng.dirichlet([1.0, 2.0], size=3)
""",
        (np.random.default_rng(1),),
        "LW106",
    ),
    (
        "ravel of a transposed array",
        """
def f(x):
    return x.T.ravel().sum()
""",
        (X,),
        "LW102",
    ),
    (
        "a dtype that is not known",
        """
def f(x):
    return x.astype(object)
""",
        (X,),
        "LW304",
    ),
    (
        "the keyword out",
        """
def f(x):
    return np.sum(x, out=x[0])
""",
        (X,),
        "LW102",
    ),
]


@pytest.mark.parametrize(
    ("source", "args", "code"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS]
)
def test_a_refusal_carries_its_code(source: str, args: tuple[Any, ...], code: str) -> None:
    assert refusal(source, *args).code == code
