"""`map` and `filter` where their items are run over at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .levelled import assert_same_on_all_levels
from .lowering import assert_same, by_kernel, refusal

X, N = [1.5, -2.0, 0.25], [3, -1, 2]
COVERED = {
    "a list": "return list(map(abs, x))",
    "a lambda": "return list(map(lambda v: v * 2 + n[0], x))",
    "two sequences": "return list(map(lambda v, k: v * k, x, n))",
    "of unequal length": "return list(map(max, x, n[:2]))",
    "a sum": "return sum(map(abs, n)), max(map(abs, x)), any(map(bool, n))",
    "a function of the module": "return [v + 1 for v in map(twice, x)]",
    "a loop": "s = 0.0\n    for v in map(twice, x):\n        s += v\n    return s",
    "one within another": "return sum(map(twice, map(abs, x)))",
    "an array": "return np.array(list(map(twice, x)))",
    "rows": "return list(map(sum, [[v, 1.0] for v in x]))",
    "what passes a filter": "return list(filter(lambda v: v > 0, x)), sum(filter(lambda v: v < 0, n))",
    "a filter by a function": "return len(list(filter(large, x)))",
    "a function of math": "return list(map(math.floor, x))",
    "sorted": "return sorted(map(abs, x))",
}
SOURCE = """
import math

import numpy as np


def twice(v):
    return v * 2


def large(v):
    return v > 0.5


def f(x, n):
    {}
"""


@pytest.mark.parametrize("body", COVERED.values(), ids=COVERED)
def test_the_items_are_those_of_python(body: str) -> None:
    assert_same_on_all_levels(SOURCE.format(body), X, N)


def test_nothing_is_mapped_to_nothing() -> None:
    assert_same("def f(n):\n    return list(map(lambda k: k * 2, range(n)))\n", 0)


def test_what_raises_is_left_to_the_original() -> None:
    assert by_kernel("def f(n):\n    return list(map(lambda k: 1 // k, n))\n", ([1, 0],)).failed


OTHERS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "a map that is handed back": ("def f(x):\n    return map(abs, x)\n", (X,)),
    "a map that a name holds": ("def f(x):\n    m = map(abs, x)\n    return sum(m)\n", (X,)),
    "a function that a call makes": (
        "def g(k):\n    return lambda v: v + k\ndef f(x):\n    return list(map(g(2), x))\n", (X,)
    ),
    "the items of an array of rows": ("def f(a):\n    return list(map(len, a, *a))\n", (np.ones((2, 2)),)),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERS.values(), ids=OTHERS)
def test_other_forms_are_declined(case: tuple[str, tuple[Any, ...]]) -> None:
    assert refusal(case[0], *case[1]).code in ("LW102", "LW103", "LW107")
