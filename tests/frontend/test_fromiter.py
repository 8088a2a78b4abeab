"""`np.fromiter`: arrays of what generators and lists give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, refusal

SOURCE = """
def double(v):
    return v * 2.0

def f(x, n):
    return {}
"""
XS = [1.5, -2.5, 3.0]
FORMS = {
    "a generator": "np.fromiter((v * 2 for v in x), float)",
    "another dtype": "np.fromiter((v / 3 for v in x), dtype=np.float32)",
    "whole numbers": "np.fromiter((v * 2 for v in x), dtype=int)",
    "truth values": "np.fromiter((v > 0 for v in x), dtype=bool)",
    "their number": "np.fromiter((v for v in x), dtype=float, count=len(x))",
    "their number by position": "np.fromiter((v for v in x), float, len(x))",
    "any number of them": "np.fromiter((v for v in x if v > 0), dtype=float, count=-1)",
    "items of a range": "np.fromiter((k * k for k in range(n)), dtype=np.int32, count=n)",
    "pairs": "np.fromiter((v * k for k, v in enumerate(x)), dtype=float, count=len(x))",
    "loops in each other": "np.fromiter((v * k for v in x for k in range(n)), float)",
    "a list": "np.fromiter(x, dtype=float)",
    "a comprehension": "np.fromiter([v + n for v in x], dtype=np.float64, count=len(x))",
    "a mapped function": "np.fromiter(map(double, x), dtype=float, count=len(x))",
    "a range": "np.fromiter(range(n), dtype=float)",
    "nothing": "np.fromiter((v for v in x if v > 100), dtype=float)",
    "a part": "np.fromiter((v for v in x[1:]), dtype=float, count=len(x) - 1).sum()",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("x", (XS, np.array(XS), [3, 1, 2]), ids=("list", "array", "ints"))
def test_the_array_of_the_items(form: str, x: Any) -> None:
    assert_same(SOURCE.format(form), x, 3)


OFTEN = """
def f(rows, n):
    t = 0.0
    for k in range(n):
        part = np.fromiter((v * k for v in rows), dtype=np.float32, count=len(rows))
        part[0] += 1.0
        t += part.sum() + part[0]
    return t
"""


def test_a_new_one_in_each_iteration() -> None:
    assert_same(OFTEN, XS, 4)


NUMBERS = """
def f(x, n):
    try_ = np.fromiter((v for v in x), dtype=int, count=n)
    return try_
"""


@pytest.mark.parametrize(
    ("x", "n"), [([1.0, 2.0], 3), ([np.nan, 1.0], 2), ([1e300, 1.0], 2)], ids=str
)
def test_what_raises_is_left_to_the_original(x: list[float], n: int) -> None:
    assert_same(NUMBERS, x, n)


@pytest.mark.parametrize("n", [1, 0, -2])
def test_fewer_than_there_are_is_left_to_the_original(n: int) -> None:
    assert by_kernel(NUMBERS, ([1.0, 2.0, 3.0], n)).failed is not None


REFUSED = {
    "no dtype": "np.fromiter((v for v in x))",
    "None for a dtype": "np.fromiter((v for v in x), None)",
    "the items by name": "np.fromiter(iter=(v for v in x), dtype=float)",
    "complex items": "np.fromiter((v * 1j for v in x), dtype=float)",
    "a subarray dtype": "np.fromiter(((v, v) for v in x), dtype=float)",
    "a count that the items change": "np.fromiter((v for v in [x.pop(), 1.0]), float, len(x))",
    "a dtype that is none of kernels": "np.fromiter((v for v in x), dtype=object)",
    "a count that is no number": "np.fromiter((v for v in x), float, x)",
    "another argument": "np.fromiter((v for v in x), float, like=None)",
}


@pytest.mark.parametrize("form", REFUSED.values(), ids=REFUSED)
def test_what_is_declined(form: str) -> None:
    assert refusal(SOURCE.format(form), XS, 3).code.startswith(("LW1", "LW3"))
