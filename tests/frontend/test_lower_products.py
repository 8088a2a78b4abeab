"""Loops over what `itertools.product`, `combinations`, `np.ndindex`, `np.ndenumerate` and `iter` give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, refusal

HEAD = """
import itertools
import itertools as it
from itertools import combinations, product
import numpy as np
"""
X = np.random.default_rng(0).normal(size=(4, 3))
V = np.array([3.0, -1.0, 0.5, 2.25, 7.0])

CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "two ranges": ("for i, j in product(range(len(x)), range(x.shape[1])):\n  s += x[i, j] * i", (X,)),
    "no iteration": ("for i, j in product(range(len(x)), range(-3)):\n  s += 1.0", (X,)),
    "ranges that count down, three times": (
        "for i, j, k in itertools.product(range(2, -1, -1), repeat=3):\n  s = s * 1.1 + x[i, j] * k", (X,),
    ),
    "displays": ("for d, e in it.product([-1, 0, 1], (0.5, 2.0)):\n  s = s * 1.5 + d * e + x[0, 0]", (X,)),
    "break and continue": (
        "for i, j in product(range(4), range(3)):\n  if j == 1:\n    continue\n  if i == 2:\n    break\n"
        "  s += x[i, j]",
        (X,),
    ),
    "an array that changes meanwhile": (
        "for a, b in product(x, range(2)):\n  x[0] = 9.0\n  x[1] = 8.0\n  s = s * 1.1 + a + b", (V,),
    ),
    "beside an enumeration": (
        "for k, (i, j) in enumerate(product(range(2), range(2))):\n  s += k * x[i, j]", (X,),
    ),
    "zipped": ("for v, (i, j) in zip(x, product(range(2), range(2))):\n  s += v * (i + 2 * j)", (V,)),
    "pairs of a range": ("for i, j in combinations(range(len(x)), 2):\n  s = s * 1.1 + x[i] * x[j]", (V,)),
    "pairs of an array": ("for a, b in itertools.combinations(x, 2):\n  s = s * 1.1 + a * b - b", (V,)),
    "pairs of a list": ("for a, b in combinations(x, 2):\n  s = s * 1.1 + a * b - b", ([3, 1, 4, 1, 5],)),
    "pairs of a list that changes meanwhile": (
        "for a, b in combinations(x, 2):\n  x[0] = 9.0\n  x[-1] = a\n  s += a * b", ([3.0, 1.5, 4.0],),
    ),
    "pairs of a list that grows meanwhile": (
        "for a, b in combinations(x, 2):\n  x.append(a)\n  s = s * 1.1 + a - b", ([3.0, 1.5, 4.0],),
    ),
    "pairs of a list made here": (
        "y = [v * v for v in x]\nfor a, b in combinations(y, 2):\n  y.append(a)\n  s += len(y) * b", (V,),
    ),
    "pairs of tuples in a list": (
        "y = [(v, k) for k, v in enumerate(x)]\nfor a, b in combinations(y, 2):\n  s = s * 1.1 + a[0] - b[1]",
        (V,),
    ),
    "pairs in a sum": ("s = sum(1 for a, b in combinations(x, 2) if a < b)", ([3, 1, 4, 1, 5],)),
    "a list and a range": ("for a, k in product(x, range(3)):\n  s = s * 1.1 + a * k", ([3.0, 1.5, 4.0],)),
    "pairs of one": ("for i, j in combinations(range(1), 2):\n  s += x[0]", (V,)),
    "many pairs": ("for i, j in combinations(range(90), 2):\n  s = s * 0.9 + i * 91 + j + x[0]", (V,)),
    "pairs in a comprehension": ("s = [x[i] - x[j] for i, j in combinations(range(len(x)), 2)]", (V,)),
    "pairs of rows": ("for a, b in combinations(x, 2):\n  s = s * 1.1 + a @ b - b[0]", (X,)),
    "pairs of rows that change meanwhile": (
        "for a, b in combinations(x, 2):\n  b[0] += a[1]\n  x[0] = 0.5\n  s = s * 1.1 + a @ b\ns += x.sum()",
        (X,),
    ),
    "pairs of rows of what is another array then": (
        "for a, b in combinations(x, 2):\n  x = x * 2.0\n  s = s * 1.1 + a @ b\ns += x[0, 0]", (X,),
    ),
    "rows and a range": ("for a, k in product(x, range(3)):\n  a[k] = s\n  s = s * 1.1 + a.sum()", (X,)),
    "the counters behind the loop": (
        "for i, j in combinations(range(len(x)), 2):\n  s += x[i]\ns += i * 10 + j", (V,),
    ),
    "pairs that are left out": (
        "for i, j in combinations(range(len(x)), 2):\n  if x[i] < x[j]:\n    continue\n  s = s * 1.1 + x[j]",
        (V,),
    ),
    "a return among pairs": (
        "for i, j in combinations(range(len(x)), 2):\n  s += x[i]\n  if x[i] + x[j] > 9.0:\n"
        "    return i * 10 + j",
        (V,),
    ),
    "pairs up to a break": (
        "for i, j in combinations(range(len(x)), 2):\n  if x[j] > 6.0:\n    break\n  s += x[i] * j\ns += j",
        (V,),
    ),
    "a break of a loop inside": (
        "for i, j in product(range(len(x)), range(3)):\n  for k in range(j):\n    if x[k] > x[i]:\n"
        "      break\n"
        "    s = s * 1.1 + x[k]",
        (V,),
    ),
    "pairs with an end": (
        "for i, j in combinations(range(len(x)), 2):\n  s += x[i] * j\nelse:\n  s = s * 2 + i", (V,),
    ),
    "pairs among pairs": (
        "for i, j in combinations(range(len(x)), 2):\n  for a, b in product(range(i), range(j)):\n"
        "    s = s * 1.01 + x[a] - x[b]",
        (V,),
    ),
    "what one pair hands to the next": (
        "last = 0.0\nfor a, b in combinations(x, 2):\n  s = s * 1.1 + a * last\n  last = b - a\ns += last",
        (V,),
    ),
    "an axis without length": (
        "for i, j, k in product(range(3), range(0), range(2)):\n  s += 1.0\ns += len(x)", (V,),
    ),
    "whether there is a pair": ("s = any(a + b == 4 for a, b in combinations(x, 2))", ([3, 1, 4, 1, 5],)),
    "the least of pairs": ("s = min(abs(a - b) for a, b in combinations(x, 2))", (V,)),
    "a table of pairs": ("s = {i * 10 + j: x[i] for i, j in combinations(range(3), 2)}", (V,)),
    "the indices of a shape": ("for i, j in np.ndindex(x.shape):\n  s = s * 1.1 + x[i, j]", (X,)),
    "the indices of lengths": ("for i, j in np.ndindex(2, len(x)):\n  s = s * 1.1 + x[j, i]", (X,)),
    "elements with their indices": (
        "for (i, j), v in np.ndenumerate(x):\n  x[-1, -1] = 5.0\n  s = s * 1.1 + v * i - j", (X,),
    ),
    "elements of a transposed array": ("for k, v in np.ndenumerate(x.T):\n  s = s * 1.1 + v * k[0]", (X,)),
    "iter of an array": ("for v in iter(x):\n  s = s * 1.1 + v", (V,)),
}  # fmt: skip


def _function(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"{HEAD}\ndef f(x):\n    s = 0.0\n{lines}    return s\n"


@pytest.mark.parametrize(("body", "args"), CASES.values(), ids=CASES)
def test_the_kernel_does_what_the_function_does(body: str, args: tuple[Any, ...]) -> None:
    assert_same(_function(body), *args)


REFUSED = {
    "rows of a list that may change": (
        "y = [[1.0], [2.0]]\nfor a, b in combinations(y, 2):\n  s += a[0] * b[0]"
    ),
    "three at a time": "for i, j, k in combinations(range(3), 3):\n  s += x[i, j]",
    "arrays in a display": "for a, b in product([x[0], x[1]], repeat=2):\n  s += a @ b",
    "a number of repetitions that is not known": "for i in product(range(2), repeat=len(x)):\n  s += 1",
    "a function that is called again and again": "for v in iter(x.sum, 1.0):\n  s += v",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_other_forms_are_declined(body: str) -> None:
    assert refusal(_function(body), X).code in ("LW101", "LW102", "LW103")


def test_negative_lengths_are_left_to_the_original() -> None:
    assert by_kernel(_function("for i in np.ndindex(len(x) - 9):\n  s += 1.0"), (X,)).failed
