"""`sorted` with a key: Python's stable order, of numbers and of tuples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, refusal

A, B = [3.0, 1.0, 2.0, 1.0, 3.0], [1, 2, 3, 4, 5]
CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "pairs by the negative of the first": (
        "def f(a, b):\n    return sorted(zip(a, b), key=lambda p: -p[0])\n", (A, B)
    ),
    "equal keys stay in order": ("def f(a, b):\n    return sorted(zip(a, b), key=lambda p: p[0])\n", (A, B)),
    "also if the order is reversed": (
        "def f(a, b):\n    return sorted(zip(a, b), key=lambda p: p[0], reverse=True)\n", (A, B)
    ),
    "numbers by a function of them": ("def f(a):\n    return sorted(a, key=lambda v: (v - 2) ** 2)\n", (A,)),
    "positions by an array": (
        "def f(a):\n    return sorted(range(len(a)), key=lambda i: a[i])\n", (A,)
    ),
    "zeros of either sign are equal": (
        "def f(a):\n    return sorted(a, key=lambda v: v)\n", ([0.0, -0.0, -1.0, 0.0],)
    ),
    "the first of the sorted": (
        "def f(a, b):\n    s = 0.0\n    for v, w in sorted(zip(a, b), key=lambda p: p[1] % 3)[:2]:\n"
        "        s += v * w\n    return s\n",
        (A, B),
    ),
    "tuples as keys": (
        "def f(a, b):\n    return sorted(zip(a, b), key=lambda p: (p[0], -p[1]))\n", (A, B)
    ),
    "keys of two types": ("def f(a):\n    return sorted(a, key=lambda v: v if v > 1 else 1)\n", (A,)),
    "keys of a builtin": ("def f(a):\n    return sorted(a, key=abs)\n", ([-3.0, 1.0, -0.5],)),
    "an item": (
        "from operator import itemgetter\ndef f(a, b):\n    return sorted(zip(a, b), key=itemgetter(0))\n",
        (A, B),
    ),
    "several items": (
        "import operator\ndef f(a, b):\n    x = [(v, w, -v) for v, w in zip(a, b)]\n"
        "    x.sort(key=operator.itemgetter(2, 1), reverse=True)\n    return x\n",
        (A, B),
    ),
    "the smallest by an item from the end": (
        "import operator\ndef f(a, b):\n    _, (i, j) = min(((v, (w, 2)) for v, w in zip(a, b)),\n"
        "        key=operator.itemgetter(-2))\n    return i, j\n",
        (A, B),
    ),
    "the items of a tuple": (
        "def f(a, b):\n    return sorted((a[0], b[0], 2), key=lambda v: -v)\n", (A, B)
    ),
    "the elements of an array": ("def f(a):\n    return sorted(a, key=lambda v: -v)\n", (np.array(A),)),
    "nothing": ("def f(a, n):\n    return sorted(a[:n], key=lambda v: -v)\n", (A, 0)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_kernel_sorts_like_python(case: tuple[str, tuple[Any, ...]]) -> None:
    source, args = case
    assert_same(source, *args)


def test_nan_has_no_order() -> None:
    source = "def f(a):\n    return sorted(a, key=lambda v: -v)\n"
    assert by_kernel(source, ([1.0, float("nan")],)).failed is not None


@pytest.mark.parametrize("key", ["1j * v", "None", "[v]"])
def test_keys_have_an_order(key: str) -> None:
    source = f"def f(a):\n    return sorted(a, key=lambda v: {key})\n"
    assert refusal(source, A).code.startswith("LW")
