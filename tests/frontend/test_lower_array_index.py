"""Making, indexing and changing arrays, against NumPy."""

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
B = np.array([True, False, True, True])

CASES: list[tuple[str, str, tuple[Any, ...]]] = [
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
        "a new axis by its name in NumPy",
        """
from numpy import newaxis

def f(x):
    total = 0.0
    for k in range(len(x)):
        d = x - x[k][np.newaxis, :]
        total += (d[:, newaxis, :] * d[newaxis]).sum() + x[..., np.newaxis].shape[2]
        x[k, np.newaxis] = x[0, None]
    return total
""",
        (X,),
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
]


@pytest.mark.parametrize(("source", "args"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_kernel_does_what_the_function_does(source: str, args: tuple[Any, ...]) -> None:
    assert_same(source, *args)
