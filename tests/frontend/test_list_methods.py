"""Sorting, searching, joining and repeating lists; on all levels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from .levelled import assert_same_on_all_levels
from .lowering import refusal

L = [3, 1, 4, 1, 5]
F = [0.5, -1.25, 3.0, -1.25]
N = [np.float64(0.5), np.float64(-1.25)]
X = np.array([0.5, -1.25, 3.0, 0.5])

CASES: list[tuple[str, str, tuple[Any, ...]]] = [
    (
        "lists joined",
        """
def f(a, b):
    c = a + b
    c[0] = 7
    return c, a + [1], [2] + a, a + [], [] + [], len(a + b)
""",
        (L, [9, 8]),
    ),
    (
        "lists of two types joined",
        """
def f(a, b):
    return a + b
""",
        (F, N),
    ),
    (
        "lists of pairs joined",
        """
def f(w, ns):
    t = [(w, 1.0)] + [(n, 0.0) for n in ns]
    s = 0.0
    for word, label in t:
        s += word * label
    return s, t
""",
        (3, L),
    ),
    (
        "lists repeated",
        """
def f(a, n):
    return a * n, n * a, [1, 2] * n, a * 0, (a + [1]) * 2
""",
        (L, 2),
    ),
    (
        "membership",
        """
def f(a, r, v):
    return v in a, v not in a, 100 in a, 3.0 in a, v in r, [i for i in range(9) if i in a]
""",
        (L, F, 4),
    ),
    (
        "membership of pairs",
        """
def f(a, v):
    p = [(i, i * i) for i in a]
    return (v, v * v) in p, (v, v) in p, p.index((v, v * v)), p.count((1, 1))
""",
        (L, 4),
    ),
    (
        "index and count",
        """
def f(a, v):
    return a.index(v), a.count(v), a.count(100)
""",
        (L, 1),
    ),
    (
        "searching None",
        """
def f(a):
    return None in a, a.count(None)
""",
        (L,),
    ),
    (
        "index of what is not there raises",
        """
def f(a, v):
    return a.index(v)
""",
        (L, 100),
    ),
    (
        "sorted numbers",
        """
def f(a, r):
    return sorted(a), sorted(r, reverse=True), sorted(a, reverse=False), sorted(range(3))
""",
        (L, F),
    ),
    (
        "numbers of two types",
        """
def f(a, x):
    b = a + [x[i] for i in range(len(x))]
    b.sort()
    return b, sorted(b, reverse=True)
""",
        (F, X),
    ),
    (
        "minus zero keeps its place",
        """
def f(a, x):
    b = [(v, 1) for v in a]
    b.sort()
    return b
""",
        ([0.0, -0.0, 0.0, -1.0], X),
    ),
    (
        "sorted pairs",
        """
def f(x):
    d = []
    for i in range(len(x)):
        d.append((x[i], len(x) - i))
    d.sort()
    e = sorted(d, reverse=True)
    return d, e, d[0], [i for _, i in d[:2]]
""",
        (X,),
    ),
    (
        "sorted by a key",
        """
def f(x, a):
    return (
        sorted(range(len(x)), key=lambda i: x[i]),
        sorted(range(len(x)), key=lambda i: -x[i]),
        sorted(range(len(x)), key=lambda i: x[i], reverse=True),
        sorted(a, key=lambda v: (v % 2, -v)),
    )
""",
        (X, L),
    ),
    (
        "sorted by a key in place",
        """
def f(x, n):
    p = []
    for i in range(n):
        p.append((i, x[i], i % 2))
    p.sort(key=lambda t: t[1], reverse=True)
    p.sort(key=lambda t: t[2])
    return p
""",
        (X, 4),
    ),
    (
        "sorted by a function",
        """
def weight(v):
    return abs(v - 3)
def f(a, r):
    s = 0
    for k in range(2):
        for v in sorted(a, key=weight):
            s = s * 7 + v
    return s, sorted(zip(r, a)), sorted([])
""",
        (L, F),
    ),
    (
        "an argument sorted in place",
        """
def f(a):
    a.sort(key=lambda v: -v)
    return a[0]
""",
        (L,),
    ),
    (
        "sorting nothing",
        """
def f(x, n):
    d = []
    for i in range(n):
        d.append((x[i], i))
    d.sort()
    return d, sorted(d, key=lambda t: t[1], reverse=True)
""",
        (X, 0),
    ),
]


@pytest.mark.parametrize(("source", "args"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_lists_do_what_they_do_in_python(source: str, args: tuple[Any, ...]) -> None:
    assert_same_on_all_levels(source, *args)


NAN = [0.5, math.nan, -1.0]
GIVES_UP = {
    "sorting NaN": "def f(a):\n    return sorted(a)",
    "sorting pairs with NaN": "def f(a):\n    return sorted([(v, 1) for v in a])",
    "sorting by NaN": "def f(a):\n    return sorted(range(3), key=lambda i: a[i])",
    "searching NaN": "def f(a):\n    return a[1] in a, a.count(a[1])",
}


@pytest.mark.parametrize("source", GIVES_UP.values(), ids=GIVES_UP)
def test_nan_is_left_to_python(source: str) -> None:
    assert_same_on_all_levels(source, NAN, gives_up=True)


DECLINED = {
    "sorting rows": "def f(t):\n    return sorted(t)",
    "sorting None": "def f(t):\n    a = [None] * 3\n    a[0] = 1\n    return sorted(a)",
    "searching a row": "def f(t):\n    return t[0] in t",
    "a key that looks at the list": "def f(t):\n    a = [2, 1]\n    a.sort(key=lambda v: a[0])",
    "an unknown argument": "def f(t):\n    return sorted(t[0], cmp=1)",
}


@pytest.mark.parametrize("source", DECLINED.values(), ids=DECLINED)
def test_what_is_not_covered_is_declined(source: str) -> None:
    assert refusal(source, [[1.0], [2.0]]).code.startswith("LW1")
