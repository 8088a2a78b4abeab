"""Lists of several kinds of values that functions return."""

from __future__ import annotations

import numpy as np
import pytest

from .dispatching import agrees, declined, guarded

SOURCE = """
import numpy as np

def table(x, n):
    q = [[0] * n for i in range(n)]
    for i in range(n):
        for j in range(n):
            q[i][j] = x[i] * x[j]
    return [q[n - 1][0], q]

def several(x, n):
    s = 0.0
    for v in x:
        s += v
    return [s, n, [v * 2.0 for v in x], (n, s), np.zeros(n), None, n > 2]

def given(x, n):
    for i in range(n):
        x[i] = x[i] * 2.0
    return [x, n, (1, x[0])]

def either(x, n):
    for v in x:
        if v > 2.0:
            return [v, x]
    return [0.0, x]

def alike(x, n):
    s = 0.0
    for v in x:
        s += v
    return [s, float(n)]

def otherwise(x, n):
    for v in x:
        if v > 2.0:
            return (v, x)
    return [0.0, x]

def inner(x, n):
    for v in x:
        n += 1
    return [[n, x], 1]

def helped(x, n):
    t = 0.0
    for v in x:
        t += made(v, n)[0]
    return t

def made(v, n):
    return [v, [n, n]]
"""
X = [1.0, 2.5, 3.0]


@pytest.mark.parametrize("name", ["table", "several", "given", "either", "alike"])
def test_the_kernel_runs_and_does_the_same(name: str) -> None:
    case = guarded(SOURCE, name, X, 3)
    for x in (X, [0.5, -0.0, 1.0], [9.0, 9.0, 9.0, 1.0]):
        assert agrees(case, x, 3)
    assert agrees(case, X, 2)


def test_a_list_from_outside_stays_the_same_object() -> None:
    case = guarded(SOURCE, "given", X, 3)
    x = [1.0, 2.0, 3.0]
    found = case.fast(x, 3)[1]
    assert found[0] is x and type(found) is list


@pytest.mark.parametrize("name", ["otherwise", "inner", "helped"])
def test_other_forms_are_declined(name: str) -> None:
    assert declined(SOURCE, name, X, 3).code in ("LW302", "LW103")


def test_a_view_of_an_argument_is_declined_and_a_copy_is_not() -> None:
    source = (
        "def f(x, n):\n    s = 0.0\n    for v in x:\n        s += v\n    return [s, x, x[1:]]\n"
    )
    assert agrees(guarded(source, "f", X, 3), X, 3)
    assert declined(source, "f", np.array(X), 3).code == "LW110"
