"""List displays with stars over lists, arrays and what loops run over; `comb` with `exact=True`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ..splice.dispatching import agrees, guarded
from .lowering import assert_same, refusal

M = np.arange(12.0).reshape(3, 4)
V = np.array([1.5, 2.0, -3.0])

CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "a number before a list": ("def f(xs):\n    return [1, *xs]", ([2, 3],)),
    "a number before an array": ("def f(x):\n    return [1, *x]", (V,)),
    "a list of an array": ("def f(x):\n    return [1, *list(x)]", (V,)),
    "numbers around two lists": ("def f(a, b):\n    return [0, *a, 1, *b, 2]", ([5], [6, 7])),
    "nothing but a star": ("def f(x):\n    y = [*x]\n    y[0] = 9\n    return x, y", ([3, 1],)),
    "the name that it gets": ("def f(x):\n    x = [0, *x]\n    x[1] = 5\n    return x", ([3, 1],)),
    "a list that grows at its front": (
        "def f(n):\n    x = []\n    for k in range(n):\n        x = [k, *x]\n    return x",
        (5,),
    ),
    "a list that shrinks between the stars": (
        "def f(n):\n    a = [1, 2, 3]\n    b = [a.pop(), *a, a.pop(), *a, n]\n    return a, b",
        (4,),
    ),
    "a list that a function changes between the stars": (
        """
def f(x):
    def g():
        x[0] = 7
        return 1
    return [*x, g(), *x]
""",
        ([3, 4],),
    ),
    "ranges, generators and dicts": (
        """
def f(n):
    d = {5: 1, 3: 2}
    return [*range(n), *(k * k for k in range(n) if k % 2), *[k for k in range(2)], *d]
""",
        (4,),
    ),
    "pairs": ("def f(x):\n    return [*zip(x, x), (0, 1), *enumerate(x)]", ([3, 4],)),
    "tuples": ("def f(x):\n    t = (1, 2.5)\n    return [*t, *x.shape, *x[0]], [*t, 0]", (M,)),
    "rows of a matrix": (
        "def f(x):\n    rows = [*x, x[0]]\n    return sum(r[1] for r in rows)",
        (M,),
    ),
    "rows that are longer": ("def f(x):\n    return [[0, *r] for r in x]", ([[1, 2], [3, 4]],)),
    "an array of a list": ("def f(x):\n    return np.array([0, *x])", ([1, 2],)),
    "an array of an array": ("def f(x):\n    return np.array([*x, *x[::-1]])", (V,)),
    "searching": ("def f(x):\n    return 2 in [1, *x], 2 not in [1, *x]", ([1, 3],)),
    "a loop over it": (
        """
def f(x):
    s = 0
    for v in [0, *x, 1]:
        s += v
        x[0] = 100
    return s
""",
        ([3, 4],),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_star_in_a_display_stands_for_items(name: str) -> None:
    source, args = CASES[name]
    assert_same(source, *args)


def test_empty_lists_and_none() -> None:
    case = guarded("def f(x):\n    return [1, *x]", "f", [2, 3])
    assert agrees(case, [2, 3])
    agrees(case, [])
    agrees(case, [2.5])
    agrees(case, None)


def test_the_length_of_the_list_is_that_of_the_call() -> None:
    case = guarded("def f(x):\n    return [1, *x]", "f", np.ones(3))
    assert agrees(case, np.empty(0))
    assert agrees(case, np.ones(7))


def test_what_has_no_known_order_or_items_is_declined() -> None:
    assert refusal("def f(n):\n    return [*{n, 1}]", 3).code == "LW101"
    assert refusal("def f(n):\n    return [*n]", 3).code == "LW101"
    assert refusal("def f(x):\n    t = (*x, 1)\n    return t", [3]).code == "LW103"


COMB = "from scipy.special import comb\ndef f(n, k):\n    return comb(n, k, exact=True)\n"


@pytest.mark.parametrize(
    "n, k", [(10, 3), (0, 0), (3, 7), (-1, 2), (5, -2), (62, 31), (np.int64(9), np.int32(4))]
)
def test_exact_binomials(n: Any, k: Any) -> None:
    assert_same(COMB, n, k)


def test_a_binomial_beyond_64_bits_runs_the_original() -> None:
    case = guarded(COMB, "f", 10, 3)
    assert agrees(case, 66, 33)
    assert not agrees(case, 68, 34)
    assert not agrees(case, 100, 50)


def test_other_binomials_are_declined() -> None:
    assert refusal(COMB, 10.0, 3).code == "LW304"
    assert refusal(COMB.replace(", exact=True", ""), 10, 3).code == "LW102"
    assert refusal(COMB.replace("exact=True", "exact=True, repetition=True"), 9, 3).code == "LW102"
    assert refusal(COMB.replace("exact=True", "True"), 9, 3).code == "LW111"
