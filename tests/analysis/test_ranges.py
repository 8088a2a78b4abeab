"""Integer ranges of variables at the end of a function."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.analysis import interval as iv
from loopwright.analysis.facts import facts
from loopwright.analysis.growth import GROWN
from loopwright.analysis.interval import FULL, Interval
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.nodes import Return

HEADER = """
import numpy as np
from numpy.typing import NDArray
from typing import Annotated
F1 = Annotated[NDArray[np.float64], "n"]
"""
SIDE = 2**31


def returned(source: str) -> Interval:
    """The range of the int that the last statement returns."""
    found = facts(lower_function(HEADER + source).main)
    last = found.func.body[-1]
    assert isinstance(last, Return)
    return found.ranges.at(last.values[0], found.ranges.before[id(last)])


CASES = {
    "parameters are guarded": ("def f(a: int):\n    return a\n", (-SIDE, SIDE)),
    "arithmetic": ("def f(a: int):\n    return 2 * a - 1\n", (-2 * SIDE - 1, 2 * SIDE - 1)),
    "a modulus is below its divisor": ("def f(a: int):\n    return a % 7\n", (0, 6)),
    "a negative divisor gives negative moduli": ("def f(a: int):\n    return a % -7\n", (-6, 0)),
    "floor division shrinks": ("def f(a: int):\n    return a // 2\n", (-(2**30), 2**30)),
    "lengths are not negative": ("def f(x: F1):\n    return len(x)\n", (0, 2**47)),
    "a condition refines": (
        "def f(a: int):\n    if a < 0 or a > 9:\n        return 0\n    return a\n", (0, 9)),
    "both branches are joined": (
        "def f(a: int):\n    b = 3\n    if a > 0:\n        b = -4\n    return b\n", (-4, 3)),
    "a loop variable stays below its bound": (
        "def f(n: int):\n    i = 0\n    for i in range(10):\n        pass\n    return i\n", (0, 9)),
    "a downward loop": (
        "def f(n: int):\n    i = 5\n    for i in range(10, 2, -3):\n        pass\n    return i\n",
        (3, 10)),
    "a counter of a short loop": (
        "def f(x: F1):\n    c = 0\n    for i in range(10):\n        c += 2\n    return c\n", (0, 20)),
    "a counter of a nest": (
        "def f(x: F1):\n    c = 0\n    for i in range(10):\n        for j in range(i):\n"
        "            c += 1\n    return c\n", (0, 90)),
    "a sum of bounded terms": (
        "def f(x: F1):\n    c = 0\n    for i in range(10):\n        c -= i\n    return c\n", (-90, 0)),
    "a counter that is reset": (
        "def f(x: F1):\n    c = 0\n    for i in range(10):\n        if x[i] > 0.0:\n            c = 100\n"
        "        c += 1\n    return c\n", (0, 110)),
    "an endless counter is bounded by what machines can do": (
        "def f(x: F1):\n    c = 0\n    while x[0] > 0.0:\n        c += 1\n    return c\n", (0, 2**52)),
    "bisection stays between its ends": (
        "def f(x: F1):\n    lo = 0\n    hi = 100\n    while lo < hi:\n        mid = (lo + hi) // 2\n"
        "        if x[mid] < 0.0:\n            lo = mid + 1\n        else:\n            hi = mid\n"
        "    return lo\n", (0, 100)),
    "doubling may reach any value": (
        "def f(n: int):\n    c = 1\n    for i in range(n):\n        c = c + c\n    return c\n",
        (1, FULL.hi)),
    "elements of lists are guarded": ("def f(r: list[int]):\n    return r[0]\n", (-SIDE, SIDE)),
    "elements of a list that grows slowly": (
        "def f(r: list[int]):\n    for i in range(1, len(r)):\n        r[i] = max(r[i - 1], 3) + 1\n"
        "    return r[0]\n", (GROWN.lo, GROWN.hi)),
    "elements of a list that doubles": (
        "def f(r: list[int]):\n    for i in range(1, len(r)):\n        r[i] = r[i - 1] * 2\n"
        "    return r[0]\n", (FULL.lo, FULL.hi)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_ranges(name: str) -> None:
    source, (lo, hi) = CASES[name]
    found = returned(source)
    assert found == Interval(lo, hi)


OPERATIONS = {
    "add": (iv.add, lambda a, b: a + b), "sub": (iv.sub, lambda a, b: a - b),
    "mul": (iv.mul, lambda a, b: a * b), "floordiv": (iv.floordiv, lambda a, b: a // b),
    "mod": (iv.mod, lambda a, b: a % b), "and": (iv.bit_and, lambda a, b: a & b),
    "or": (iv.bit_or, lambda a, b: a | b), "xor": (iv.bit_or, lambda a, b: a ^ b),
    "lshift": (iv.lshift, lambda a, b: a << b), "rshift": (iv.rshift, lambda a, b: a >> b),
    "pow": (iv.power, lambda a, b: a**b), "min": (iv.minimum, min), "max": (iv.maximum, max),
}  # fmt: skip
ends = st.tuples(st.integers(-9, 9), st.integers(0, 6)).map(lambda p: Interval(p[0], p[0] + p[1]))


@pytest.mark.parametrize("name", OPERATIONS)
@given(a=ends, b=ends)
def test_an_interval_holds_every_result(name: str, a: Interval, b: Interval) -> None:
    abstract, concrete = OPERATIONS[name]
    found = abstract(a, b)
    for x, y in product(range(a.lo, a.hi + 1), range(b.lo, b.hi + 1)):
        if name in ("floordiv", "mod") and y == 0:
            continue
        if name in ("lshift", "rshift", "pow") and y < 0:
            continue
        assert found.lo <= concrete(x, y) <= found.hi
