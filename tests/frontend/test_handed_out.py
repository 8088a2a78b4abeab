"""Tuples and list displays that are stored to a part of an array, against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, refusal

X = np.arange(12.0).reshape(4, 3)

CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "a tuple to a whole array, of its own elements": (
        "def f(x, k):\n    v = np.zeros(3)\n    v[:] = (x[k, 2], v[1], x[k, 0])\n"
        "    v[:] = (v[2], v[0], v[1])\n    return v\n",
        (X, 2),
    ),
    "a tuple to all but the end": (
        "def f(x, k):\n    v = np.ones(3)\n    v[:-1] = x[k, 2], k\n    return v\n",
        (X, 1),
    ),
    "a tuple to every second place, from the end": (
        "def f(x, k):\n    v = np.ones(5)\n    v[::-2] = (k, True, x[0, 1])\n    return v\n",
        (X, 1),
    ),
    "a tuple to a row": (
        "def f(x, k):\n    x[k] = (1, 2.5, x[0, 1])\n    x[0, 1:] = (k, 7)\n",
        (X, 3),
    ),
    "a list to a row of integers": (
        "def f(x, k):\n    n = np.zeros((2, 3), dtype=np.int64)\n    i = n[1, 0] + k\n"
        "    n[k] = [i, i + 1, 1]\n    return n\n",
        (X, 1),
    ),
    "constants to small integers": (
        "def f(x, k):\n    n = np.zeros((2, 3), dtype=np.int8)\n    n[k] = (1, -128, 127)\n    return n\n",
        (X, 1),
    ),
    "a list to all rows": (
        "def f(x, k):\n    x[:] = [1.0, 2.0, k * 0.5]\n",
        (X, 1),
    ),
}


@pytest.mark.parametrize(("source", "args"), CASES.values(), ids=CASES)
def test_the_items_go_to_their_places(source: str, args: tuple[Any, ...]) -> None:
    assert_same(source, *args)


@pytest.mark.parametrize("part", ["k:", ":k", "k:k"])
def test_another_number_of_places_is_left_to_the_original(part: str) -> None:
    source = (
        f"def f(x, k):\n    v = np.zeros(3)\n    v[{part}] = (x[0, 0], x[0, 1])\n    return v\n"
    )
    for k in (0, 1, 2, 3):
        assert_same(source, X, k)
    assert by_kernel(source, (X, 0)).failed is not None


def test_items_that_are_converted_one_by_one_are_declined() -> None:
    source = "def f(x, k):\n    v = np.zeros(2, dtype=np.int64)\n    v[:] = (x[0, 0], x[0, 1])\n"
    assert refusal(source, X, 1).code == "LW304"
