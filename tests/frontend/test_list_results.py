"""Lists that a region hands back: elements of one type, of several types, tuples; on all levels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .levelled import assert_same_on_all_levels
from .lowering import refusal

X = np.array([[0.5, -1.25, 3.0], [2.75, -0.0, 8.5]])

CASES: list[tuple[str, str, tuple[Any, ...]]] = [
    (
        "sums that stay Python numbers where the inner loop does not run",
        """
def f(x, n):
    h = []
    for i in range(n):
        s = 0.0
        for j in range(i):
            s += x[0, j]
        h.append(s)
    return h, h[0], h[-1]
""",
        (X, 3),
    ),
    (
        "a table of which a part is computed",
        """
def f(x, n):
    t = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            s = x[0, j]
            for k in range(j):
                s -= t[i][k] * t[j][k]
            t[i][j] = s
    return t
""",
        (X, 3),
    ),
    (
        "a table without rows",
        """
def f(x, n):
    t = [[0.0] * n for _ in range(n)]
    for i in range(n):
        t[i][i] = x[0, i]
    return t
""",
        (X, 0),
    ),
    (
        "bools and ints",
        """
def f(n):
    out = []
    for i in range(n):
        out.append(i if i % 2 else i > 1)
    return out
""",
        (5,),
    ),
    (
        "ints and floats",
        """
def f(x, n):
    best = [0] * n
    for i in range(n):
        if i % 2:
            best[i] = 1.5 * i
    return best
""",
        (X, 4),
    ),
    (
        "None for what is not found",
        """
def f(x, n):
    found = [None] * n
    for i in range(n):
        if x[0, i] > 0:
            found[i] = x[0, i]
    return found
""",
        (X, 3),
    ),
    (
        "pairs",
        """
def f(x, n):
    pairs = []
    for i in range(n):
        pairs.append((x[0, i], i))
    return pairs
""",
        (X, 3),
    ),
    (
        "nested tuples whose numbers differ in type",
        """
def f(x, n):
    pairs = []
    for i in range(n):
        s = 0.0
        for j in range(i):
            s += x[1, j]
        pairs.append((i, (s, i > 0)))
    return pairs
""",
        (X, 3),
    ),
    (
        "no pairs",
        """
def f(x, n):
    pairs = []
    for i in range(n):
        pairs.append((x[0, i], i))
    return pairs
""",
        (X, 0),
    ),
    (
        "shapes of rows",
        """
def f(x, n):
    return [r.shape for r in x], [(i, i > 1, 0.5) for i in range(n)]
""",
        (X, 3),
    ),
    (
        "a second element of another type",
        """
def f(x, n):
    r = [0.0]
    r.append(x[0, 0])
    return r
""",
        (X, 3),
    ),
    (
        "a pair of lists",
        """
def f(x, n):
    a = []
    b = [0.0] * n
    for i in range(n):
        a.append(x[0, i] if i else 0.25)
        b[i] += x[1, i] if i > 1 else 1
    return a, b
""",
        (X, 3),
    ),
]


@pytest.mark.parametrize(("source", "args"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_lists_come_back_as_they_were_built(source: str, args: tuple[Any, ...]) -> None:
    assert_same_on_all_levels(source, *args)


def test_an_int_that_a_float_cannot_hold_is_left_to_python() -> None:
    source = """
def f(n):
    out = []
    for i in range(3):
        out.append(n * n * n if i else 0.5)
    return out
"""
    assert_same_on_all_levels(source, 2**20 + 1, gives_up=True)


def test_a_list_of_none_only_is_declined() -> None:
    source = "def f(n):\n    a = [None] * n\n    return a, len(a)"
    assert refusal(source, 3).code == "LW107"


def test_two_names_for_one_list_are_declined() -> None:
    source = """
def f(x):
    a = [0.0] * 3
    a[1] = x[0, 0]
    b = a
    return a, b
"""
    assert refusal(source, X).code == "LW110"
