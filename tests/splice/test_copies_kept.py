"""Of what a kernel changes a copy is kept only where it may give up after the change."""

from __future__ import annotations

import numpy as np
import pytest

from .dispatching import agrees, guarded

X = np.arange(5.0)

TESTED_FIRST = {
    "lengths are tested in front of the loop": """
def f(x, y):
    for i in range(len(x)):
        x[i] = y[i] + 1.0
""",
    "both branches are tested at their beginning": """
def f(x, y):
    if len(y) > 3:
        for i in range(len(y)):
            x[i] = y[i]
    else:
        for i in range(len(y)):
            x[i] = -y[i]
""",
}
TESTED_LATER = {
    "each position is tested in its turn": """
def f(x, y):
    for i in range(len(y)):
        x[int(y[i])] = 1.0
""",
    "a test comes between two loops": """
def f(x, y):
    for i in range(len(x)):
        x[i] = 1.0
    for i in range(len(y)):
        x[i] = 1.0 / float(y[i])
""",
}


@pytest.mark.parametrize("source", TESTED_FIRST.values(), ids=TESTED_FIRST)
def test_tests_before_the_first_change_need_no_copy(source: str) -> None:
    case = guarded(source, "f", X, X)
    assert ".copy()" not in case.text
    assert agrees(case, X.copy(), X.copy())
    agrees(case, X.copy(), X[:2].copy())
    agrees(case, X[:2].copy(), X.copy())


@pytest.mark.parametrize("source", TESTED_LATER.values(), ids=TESTED_LATER)
def test_tests_after_a_change_need_one(source: str) -> None:
    case = guarded(source, "f", X, X)
    assert ".copy()" in case.text
    assert agrees(case, X.copy(), X[1:].copy())
    assert not agrees(case, X.copy(), np.array([1.0, 2.0, 0.0, 99.0]))
