"""Variables that are a number first and an array then, against CPython."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, by_python, refusal

X = np.random.default_rng(0).normal(size=(5, 3))

CASES: dict[str, str] = {
    "a sum of rows": """
def f(X):
    t = 0
    for i in range(len(X)):
        t += X[i]
    return t / 2
""",
    "a sum that is bound anew": """
def f(X):
    t = 0.0
    for row in X:
        t = t + np.outer(row, row)
    return t
""",
    "two sums, one of which begins again": """
def f(X):
    t, u = 0, 0.0
    out = np.zeros(len(X))
    for i in range(len(X)):
        t = t + X[i]
        if X[i, 0] > 0:
            u += X[i]
        out[i] = (t - 2 * u / 3).sum()
        if i % 2 == 0:
            u = 0.0
    return out
""",
    "a view of the argument, which changes": """
def f(X):
    t = 0
    for i in range(len(X)):
        t += X[i]
        if i == 2:
            t = X[i]
        X[2, 0] = i
    return t * 1
""",
    "an array that is written to": """
def f(X):
    s = 0
    for i in range(len(X)):
        s = s * 0.5 + X[i]
        s[0] = 1.0
    return s
""",
    "a product": """
def f(X):
    s = 1
    for i in range(len(X)):
        s *= X[i]
    return s
""",
    "a while loop": """
def f(X):
    s, i = 0, 0
    while i < 3:
        s = np.maximum(s, X[i])
        i += 1
    return s
""",
    "a helper": """
def g(X):
    s = 0
    for x in X:
        s += x
    return s

def f(X):
    return g(X) + 1
""",
    "a condition on what is a number or an array of one element": """
def f(X):
    low, high = -np.inf, np.inf
    b = np.ones((5, 1))
    n = 0
    for i in range(len(X)):
        if X[i, 0] > 0:
            low = b[i].copy()
            if high == np.inf or high == -np.inf:
                b[i] = b[i] * 2.0
                n += 1
            else:
                b[i] = (b[i] + high) / 2.0
        elif low == -np.inf:
            high = b[i] - 0.25
        else:
            high = b[i].copy()
            b[i] = (b[i] + low) / 2.0
    return b, n
""",
    "a condition on what is the array by then": """
def f(X):
    s = 0
    for x in X:
        s = s + x
        if s.sum() > 1.0:
            break
    return s
""",
    "zeros of either sign": """
def f(X):
    s = 0
    for x in X:
        s = s + x * -0.0
    return s
""",
}


@pytest.mark.parametrize("source", CASES.values(), ids=CASES)
def test_the_kernel_does_what_the_function_does(source: str) -> None:
    assert_same(source, X.copy())


def test_where_it_stays_a_number_the_kernel_gives_up() -> None:
    source = CASES["a sum of rows"].replace("t / 2", "t")
    args: tuple[Any, ...] = (X[:0],)
    assert by_python(source, args).result == 0
    assert by_kernel(source, args).failed is not None


def test_a_number_that_is_looked_at_before_is_given_up_for() -> None:
    source = """
def f(X):
    s = 0
    k = 0
    while np.all(s < 1.0):
        s = s + np.abs(X[k])
        k += 1
    return s
"""
    assert by_kernel(source, (X,)).failed is not None


def test_arrays_of_two_ranks_are_declined() -> None:
    source = """
def f(X):
    s = 0
    for x in X:
        s = s + x if x[0] > 0 else X
    return s
"""
    assert refusal(source, X).code == "LW302"
