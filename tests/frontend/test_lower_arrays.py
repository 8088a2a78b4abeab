"""Array expressions, indexing and reductions, against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, refusal

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
C = X[:, 0] + 1j * X[:, 1]

CASES: list[tuple[str, str, tuple[Any, ...]]] = [
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
    (
        "making arrays",
        """
def f(n):
    return (
        np.zeros(n), np.ones((n, 2)), np.full(n, 7), np.full((n, 2), -1.5),
        np.zeros(n, dtype=int), np.eye(n), np.identity(2), np.arange(n), np.arange(1, n, 2),
        np.arange(0.0, 1.0, 0.25), np.linspace(0, 1, n),
    )
""",
        (5,),
    ),
    (
        "arrays like others",
        """
def f(x, n):
    return np.zeros_like(x), np.ones_like(n), np.full_like(x, 2), np.zeros_like(x, dtype=bool)
""",
        (F, N),
    ),
    (
        "arrays of displays",
        """
def f(a, b):
    return (
        np.array([a, b, 2.5]), np.array([[1, b], [b, 1]]),
        np.array([a, 1], dtype=np.float32), np.array((b, b)),
    )
""",
        (0.5, 3),
    ),
    (
        "conversions",
        """
def f(x, n, b):
    return (
        x.astype(int), n.astype(np.float32), b.astype(float), x.astype(bool), x.copy(),
        np.float32(x[0, 0]), np.int64(2.9), n[0].item(),
    )
""",
        (X, N, B),
    ),
    (
        "shapes",
        """
def f(x):
    return (
        x.reshape(6, 2) + 0, x.reshape(-1).sum(), x.ravel() * 2, x.flatten(), x.T.copy(),
        x.shape, x.size, x.ndim, len(x), np.reshape(x, (2, -1)) + 0,
    )
""",
        (X,),
    ),
    (
        "slices",
        """
def f(x):
    return (
        x[1:].copy(), x[:, ::2].copy(), x[::-1] * 1, x[-2:, 1:] + 0, x[..., 0] * 1,
        x[None, 0, :].copy(), x[5:].sum(),
    )
""",
        (X,),
    ),
    (
        "fancy reads",
        """
def f(v, n):
    return v[n], v[n[1:3]] * 2, v[n > 3].sum() if False else n[n > 3], v[[1, 0]]
""",
        (V, N),
    ),
    (
        "fancy writes",
        """
def f(v, n):
    v[n] = 1.5
    v[v < 0] = 0
    v[v > 2] *= 0.5
    v[n] += 1
    return v.sum()
""",
        (V, N),
    ),
    (
        "index arrays of both axes",
        """
def f(x, n):
    return x[n[:2] - 1, n[:2] - 1] * 1, x[n[1:2]].copy()
""",
        (X, N),
    ),
    (
        "slice assignment",
        """
def f(x, w):
    x[1:, 0] = w[1:]
    x[0] = 3
    x[:, -1] *= 2
    x[2] += x[0]
    return x[2, 0]
""",
        (X, W),
    ),
    (
        "a row is a view",
        """
def f(x):
    r = x[1]
    r[0] = 42.0
    s = x[1, 0]
    r += 1
    return s, x[1, 0]
""",
        (X,),
    ),
    (
        "a transposed view writes through",
        """
def f(x):
    t = x.T
    t[0, 1] = -5
    return x[1, 0]
""",
        (X,),
    ),
    (
        "a copy does not write through",
        """
def f(x):
    c = x.copy()
    c[0, 0] = 9
    c *= 2
    return c
""",
        (X,),
    ),
    (
        "in-place operators keep the dtype",
        """
def f(x, s):
    x += 1.5
    x *= s[0, 0]
    s += 100
    return x.sum()
""",
        (F, S),
    ),
    (
        "a second name is the same array",
        """
def f(x):
    y = x
    y += 1
    y = y + 1
    y[0] = 0
    return y
""",
        (X,),
    ),
    (
        "storing floats into integers truncates",
        """
def f(n, a):
    n[0] = a
    n[1] += a
    return n[0]
""",
        (N, -2.75),
    ),
    (
        "storing NaN into integers raises",
        """
def f(n, a):
    n[0] = a
""",
        (N, float("nan")),
    ),
    (
        "storing out of range raises",
        """
def f(s, a):
    s[0, 0] = a
""",
        (S, 300),
    ),
    (
        "an index out of bounds raises",
        """
def f(x, i):
    return x[i, 0]
""",
        (X, 4),
    ),
    (
        "negative indices",
        """
def f(x, i):
    return x[-1, -2], x[i - 3, i], x[i - 1, -1]
""",
        (X, 0),
    ),
    (
        "unequal shapes raise",
        """
def f(x, y):
    return x + y
""",
        (X, Y),
    ),
    (
        "loops over rows and elements",
        """
def f(x):
    t = 0.0
    for row in x:
        for v in row:
            t += v
        t *= row[0]
    return t
""",
        (X,),
    ),
    (
        "unpacking a shape and a row",
        """
def f(x):
    n, m = x.shape
    a, b, c = x[1]
    return n * m + a - b * c
""",
        (X,),
    ),
    (
        "unpacking a row of another length raises",
        """
def f(x):
    a, b = x[1]
    return a
""",
        (X,),
    ),
    (
        "a parameter is returned itself",
        """
def f(x, y):
    x[0] = 1
    return x, y
""",
        (X, Y),
    ),
    (
        "a parameter on both paths",
        """
def f(x, a):
    if a > 0:
        x[0, 0] = a
        return x
    return x
""",
        (X, 2.0),
    ),
    (
        "rebinding an array in a loop",
        """
def f(x, n):
    y = np.zeros(3)
    for _ in range(n):
        z = y + x[0]
        y = z
    return y
""",
        (X, 3),
    ),
    (
        "swapping two arrays",
        """
def f(w, n):
    a = w.copy()
    b = np.zeros_like(w)
    for k in range(n):
        b[0] = a[1] + k
        a, b = b, a
    return a[0], b
""",
        (W, 3),
    ),
    (
        "a fresh view of a fresh array",
        """
def f(n):
    a = np.ones((n, 2))
    a[0, 1] = 5
    return a.T
""",
        (3,),
    ),
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
        "an integer array += floats",
        """
def f(n):
    n += 0.5
    return n
""",
        (N,),
        "LW302",
    ),
    (
        "bool minus bool",
        """
def f(b):
    return b - b
""",
        (B,),
        "LW302",
    ),
    (
        "complex into real",
        """
def f(x, c):
    x[:, 0] = c
""",
        (X, C),
        "LW302",
    ),
    (
        "a random function of NumPy",
        """
def f(n):
    return np.random.rand(n)
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
        "a draw of many",
        """
def f(rng):
    return rng.normal(size=3)
""",
        (np.random.default_rng(1),),
        "LW102",
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
        "LW302",
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
