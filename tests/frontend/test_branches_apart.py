"""Variables that the sides of a branch leave with values that do not go together: an array or a number,
arrays of several ranks. What follows is compiled for each side."""

import numpy as np
import pytest

from .lowering import assert_same, refusal

X = np.array([[3.0, 1.0, 4.0], [1.5, 9.0, 2.5]])
SAME = {
    "an array or a number": """
    if n > 1:
        r = x.sum(axis=0)
    else:
        r = x[0, 0]
    return np.sum(r * 2.0) + n
""",
    "two ranks in a loop": """
    total = np.zeros(3)
    seen = 0
    for i in range(4):
        if i < n:
            part = x + i
            den = np.array([1.0, 2.0])
        else:
            part = x[i % 2]
            den = np.array([i + 1.0])
        if i == 2:
            continue
        scaled = part * den[:, None]
        total = total + scaled.sum(0)
        seen += 1
    return total, seen
""",
    "three sides": """
    if n == 1:
        r = x
    elif n == 2:
        r = x[0]
    else:
        r = x[0, 1]
    r = np.exp(r) - 1.0
    return r.sum() if n < 3 else float(np.sum(r))
""",
    "a branch in a branch": """
    if n > 0:
        if n > 1:
            r = x[:, 1]
        else:
            r = x
    else:
        r = x[0, 0]
    s = 0.0
    for k in range(n):
        s += np.sum(r) * k
    return s
""",
    "a loop behind": """
    if n > 1:
        w = x[0]
    else:
        w = 1.0
    for i in range(2):
        x[i] = x[i] * w
    return n
""",
    "not read": """
    if n > 1:
        w = x[0]
    else:
        w = 1.0
    w = n * 2
    return w + x[0, 0]
""",
    "set in both and once more": """
    if n > 1:
        w = x[0]
    else:
        w = 1.0
    v = np.sum(w)
    if n > 2:
        w = x
    return v + np.sum(w)
""",
}


@pytest.mark.parametrize("body", SAME.values(), ids=SAME)
def test_each_side_goes_on_with_its_own_value(body: str) -> None:
    source = f"\ndef f(x, n):\n{body}"
    for n in (0, 1, 2, 3):
        assert_same(source, X.copy(), n)


def test_results_must_go_together() -> None:
    source = "\ndef f(x, n):\n    if n:\n        r = x[0]\n    else:\n        r = 1.0\n    return r * 2\n"
    assert refusal(source, X, 1).code == "LW302"


def test_no_more_than_a_few_branches_are_set_apart() -> None:
    parts = "".join(
        f"    if n > {k}:\n        v{k} = x[0]\n    else:\n        v{k} = x\n    t += np.sum(v{k})\n"
        for k in range(5)
    )
    assert refusal(f"\ndef f(x, n):\n    t = 0.0\n{parts}    return t\n", X, 1).code == "LW302"


def test_a_transposed_array_may_take_the_place_of_a_number() -> None:
    body = (
        "    a = 2\n    for i in range(n):\n        a = x.T\n    return np.sum(a) if n else 0.0\n"
    )
    source = f"\ndef f(x, n):\n{body}"
    for n in (0, 1):
        assert_same(source, X, n)


CHOSEN = """
def twice(v):
    return v * 2

def f(x, mode):
    if mode == 1:
        g = twice
    elif mode == 2:
        g = abs
    else:
        g = lambda v: v - 1
    t = 0.0
    for v in x[0]:
        t += g(v)
    return t
"""


def test_functions_that_a_number_chooses() -> None:
    for mode in range(4):
        assert_same(CHOSEN, X, mode)
