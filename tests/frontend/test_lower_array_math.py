"""Element-wise functions, reductions and products, against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same

_RNG = np.random.default_rng(7)
X = _RNG.normal(size=(4, 3))
Y = _RNG.normal(size=(3, 5))
V = _RNG.normal(size=300)
W = _RNG.normal(size=4)
F = X.astype(np.float32)
N = np.array([3, 1, 4, 1, 5, 9, 2, 6])
S = np.array([[1, 2], [3, 120]], dtype=np.int8)
U = np.array([200, 100, 7], dtype=np.uint8)
B = np.array([True, False, True, True])

CASES: list[tuple[str, str, tuple[Any, ...]]] = [
    (
        "np.dot takes a Python number for a float64",
        """
def f(x, n):
    return np.dot(x, 2.0), np.dot(n, 3), x * 2.0
""",
        (F, N),
    ),
    (
        "np.dot of two numbers is their product, one of NumPy's",
        """
def f(a, n, x):
    return np.dot(a, 2.5), np.dot(n, n), np.dot(n, a), np.dot(x[0, 0], 3), np.dot(n > 1, n)
""",
        (1.5, 7, F),
    ),
    (
        "Python's complex takes a np.float64",
        """
def f(x, z):
    return z * x[0, 0], x[0, 0] * z, z == x[0, 0], 2.0 * x[0, 0], 1j / np.tanh(x[0, 1])
""",
        (X, 0.5 + 2j),
    ),
    (
        "the dtype of an empty list",
        """
def f(x, a):
    return x[0] + np.sum(np.array(a)) * 0, np.sum(np.array([v * 0.5 for v in a]))
""",
        (X, [0.5, 2.0]),
    ),
    (
        "an index that is only tested still counts",
        """
def f(w, i):
    return w[i] is not None
""",
        (W, 9),
    ),
    (
        "a function defined beside the loop",
        """
def f(w):
    def g(a):
        return a * k
    k = 2.0
    t = 0.0
    for v in w:
        t += g(v)
    return t
""",
        (W,),
    ),
    (
        "element-wise arithmetic with broadcasting",
        """
def f(x, w):
    return x * 2 - w[:, None] / (1 + x ** 2), -x, x // 0.5, x % 0.7
""",
        (X, W),
    ),
    (
        "float32 stays float32 with Python numbers",
        """
def f(x):
    return x * 2.5 + 1, x[0, 0] * 2.5, x[0] ** 2
""",
        (F,),
    ),
    (
        "float32 with float64 widens",
        """
def f(x, y):
    return x * y, x[0, 0] * y[0, 0]
""",
        (F, X),
    ),
    (
        "small integers wrap",
        """
def f(s, u):
    return s * 2, u + 100, u[0] + u[1], s[1, 1] + 100
""",
        (S, U),
    ),
    (
        "integer division of arrays",
        """
def f(n):
    return n / 2, n // 2, n % 3, -n // 2, n ** 2
""",
        (N,),
    ),
    (
        "integer division by zero gives zero",
        """
def f(n):
    return (n + 1) // (n * 0)
""",
        (N,),
    ),
    (
        "comparisons and masks",
        """
def f(x):
    m = (x > 0) & ~(x < 1)
    return m, x[m], np.sum(m), m.mean()
""",
        (X,),
    ),
    (
        "bool arithmetic",
        """
def f(b):
    return b + b, b * 2, b | b, b ^ True, b[0] + b[1], b[0] + 1
""",
        (B,),
    ),
    (
        "ufuncs",
        """
def f(x):
    return (
        np.exp(x), np.sqrt(np.abs(x)), np.tanh(x), np.sign(x), np.maximum(x, 0),
        np.minimum(x, 0.5), np.arctan2(x, 2), np.floor(x), np.square(x), np.isnan(x),
    )
""",
        (X,),
    ),
    (
        "ufuncs on scalars",
        """
def f(a, n):
    return (
        np.sqrt(a), np.exp(n), np.maximum(a, n), np.abs(-n), np.floor(a), np.power(a, 2),
        np.add(n, n),
    )
""",
        (2.5, 3),
    ),
    (
        "ufuncs on integers",
        """
def f(n):
    return np.sqrt(n), np.abs(-n), np.exp(n[0]), np.sign(n), np.maximum(n, 3)
""",
        (N,),
    ),
    (
        "where, clip and round",
        """
def f(x):
    return (
        np.where(x > 0, x, 0.0), np.where(x > 0, 1, 0), np.clip(x, -0.5, 0.5),
        x.clip(0, None), np.round(x, 2), np.round(x),
    )
""",
        (X,),
    ),
    (
        "sums by axis",
        """
def f(x):
    return (
        x.sum(), x.sum(axis=0), np.sum(x, axis=1, keepdims=True), x.sum(axis=-1),
        np.prod(x, axis=0), x.sum(axis=(0, 1)),
    )
""",
        (X,),
    ),
    (
        "sums of small integers are wide",
        """
def f(s, u, b):
    return s.sum(), u.sum(), b.sum(), np.prod(s), np.cumsum(u)
""",
        (S, U, B),
    ),
    (
        "pairwise sums",
        """
def f(v):
    return np.sum(v), v.mean(), v.std(), v.var(ddof=1), np.var(v)
""",
        (V,),
    ),
    (
        "mean and spread by axis",
        """
def f(x):
    return x.mean(axis=0), x.std(axis=1), x.var(axis=0, keepdims=True), np.mean(x, axis=1)
""",
        (X,),
    ),
    (
        "mean of integers and float32",
        """
def f(n, x):
    return n.mean(), x.mean(), x.mean(axis=0), n.std(), x.var(axis=1), x.std()
""",
        (N, F),
    ),
    (
        "mean of nothing is NaN",
        """
def f(v):
    return v[:0].mean(), v[:0].sum()
""",
        (V,),
    ),
    (
        "extremes",
        """
def f(x):
    return (
        x.min(), x.max(axis=0), np.argmin(x), x.argmax(axis=1), np.any(x > 2),
        np.all(x < 9, axis=0), np.ptp(x),
    )
""",
        (X,),
    ),
    (
        "extremes of nothing raise",
        """
def f(v):
    return v[:0].max()
""",
        (V,),
    ),
    (
        "scans and differences",
        """
def f(x):
    return np.cumsum(x), np.cumsum(x, axis=1), np.cumprod(x[0]), np.diff(x[0]), x.cumsum(axis=0)
""",
        (X,),
    ),
    (
        "products",
        """
def f(x, y, w):
    return (
        x @ y, np.dot(x, y), w @ x, x @ y[:, 0], np.dot(w, w), x.T.dot(w), np.outer(w, y[0]),
        np.inner(w, w),
    )
""",
        (X, Y, W),
    ),
    (
        "einsum and trace",
        """
def f(x):
    return (
        np.einsum('ij,ij->i', x, x), np.einsum('ij->j', x), np.trace(x.T @ x),
        np.einsum('ii', x.T @ x),
    )
""",
        (X,),
    ),
    (
        "norms",
        """
def f(x):
    return (
        np.linalg.norm(x), np.linalg.norm(x[0]), np.linalg.norm(x, axis=1),
        np.linalg.norm(x[0], 1), np.linalg.norm(x, axis=0, keepdims=True),
    )
""",
        (X,),
    ),
]


@pytest.mark.parametrize(("source", "args"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_kernel_does_what_the_function_does(source: str, args: tuple[Any, ...]) -> None:
    assert_same(source, *args)
