"""Lists and comprehensions, against CPython."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, by_kernel

X = np.array([[0.5, -1.25, 3.0], [2.75, -0.0, 8.5]])
L = [3, 1, 4, 1, 5, 9, 2, 6]
R = [0.5, 1e16, -1.25, 3.0, -1e16, 0.1]
T = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]

CASES: list[tuple[str, str, tuple[Any, ...]]] = [
    (
        "append in a loop",
        """
def f(n):
    r = []
    for i in range(n):
        r.append(i * i)
    return r
""",
        (5,),
    ),
    (
        "an empty list stays empty",
        """
def f(n):
    r = []
    for i in range(n):
        r.append(i * i)
    return r, len(r)
""",
        (0,),
    ),
    (
        "a list of NumPy scalars",
        """
def f(x):
    r = []
    for row in x:
        r.append(row[0] * 2)
    return r, r[-1], max(r)
""",
        (X,),
    ),
    (
        "a list of two kinds is used inside",
        """
def f(x):
    r = [0.0] * 3
    for row in x:
        for d in range(3):
            r[d] += row[d]
    return np.array([v / 2 for v in r]), r[0]
""",
        (X,),
    ),
    (
        "a repeated list",
        """
def f(n):
    r = [0] * n
    s = n * [1.5]
    r[2] = 7
    r[-1] += 2
    return r, s, len(r)
""",
        (4,),
    ),
    (
        "a table of zeros",
        """
def f(n, m):
    t = [[0] * m for _ in range(n)]
    for i in range(n):
        t[i][0] = i
        for j in range(1, m):
            t[i][j] = t[i][j - 1] + t[i - 1][j]
    return t, t[-1][-1]
""",
        (3, 4),
    ),
    (
        "a computed table",
        """
def f(n, m):
    return [[i * m + j for j in range(m)] for i in range(n)]
""",
        (3, 2),
    ),
    (
        "list arguments",
        """
def f(a, b):
    t = 0
    for x, y in zip(a, b):
        t += x * y
    a[0] = 17
    a[-1] += 1
    return t, len(a)
""",
        (L, L[::-1]),
    ),
    (
        "a nested list argument",
        """
def f(t):
    s = 0.0
    for row in t:
        for v in row:
            s += v
    t[1][2] = s
    r = t[0]
    r[0] = -1.0
    return s, t[0][0], len(t), len(t[0])
""",
        (T,),
    ),
    (
        "slices are copies",
        """
def f(a):
    b = a[1:4]
    b[0] = 100
    return a[1], b, a[::-1], a[-3:], sum(a[:2])
""",
        (L,),
    ),
    (
        "comprehensions",
        """
def f(a, n):
    return (
        [v * 2 for v in a], [v for v in a if v > 2],
        [i + j for i in range(n) for j in range(i)], [float(v) for v in a],
    )
""",
        (L, 4),
    ),
    (
        "a comprehension has its own variable",
        """
def f(a):
    v = 7
    b = [v * v for v in a]
    return v, b
""",
        (L,),
    ),
    (
        "sums of generators",
        """
def f(a, x):
    return (
        sum(v * v for v in a), sum(v for v in x[0]), sum(1 for v in a if v > 2), sum(a),
        sum(a, 0.5),
    )
""",
        (L, X),
    ),
    (
        "sums of floats",
        """
def f(r):
    return sum(r), sum(v for v in r), sum(r, 1.0), sum([v * 2 for v in r])
""",
        (R,),
    ),
    (
        "the sum of nothing is an int",
        """
def f(r):
    return sum(v for v in r if v > 1e99)
""",
        (R,),
    ),
    (
        "extremes of lists",
        """
def f(a, r):
    return min(a), max(a), min(r), max(v * v for v in a), min(abs(v) for v in r)
""",
        (L, R),
    ),
    (
        "the maximum of nothing raises",
        """
def f(a):
    return max(v for v in a if v > 100)
""",
        (L,),
    ),
    (
        "any and all",
        """
def f(a):
    return (
        any(v > 8 for v in a), all(v > 0 for v in a), any(v > 100 for v in a),
        all(v > 1 for v in a if v != 1),
    )
""",
        (L,),
    ),
    (
        "any stops early",
        """
def f(a, n):
    return any(a[i] == 9 for i in range(n))
""",
        (L, 100),
    ),
]


@pytest.mark.parametrize(("source", "args"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_kernel_does_what_the_function_does(source: str, args: tuple[Any, ...]) -> None:
    assert_same(source, *args)


def test_an_index_that_may_be_none() -> None:
    source = """
def f(x, rows, m, limit):
    at = None
    for i in range(len(x)):
        if x[i] > limit:
            at = i
    return x[at], len(rows[at]), m[at, 0]
"""
    rows = [[1, 2], [3]]
    assert_same(source, [1.0, 5.0], rows, np.eye(2), 2.0)
    assert by_kernel(source, ([1.0, 5.0], rows, np.eye(2), 9.0)).failed is not None
