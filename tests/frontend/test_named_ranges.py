"""Ranges that have a name, against CPython; what is declined."""

from __future__ import annotations

import numpy as np
import pytest

from .lowering import assert_same, refusal

X = np.arange(7.0)

CASES = {
    "one of two": (
        "    if k >= 0:\n        r = range(0, min(k, 5))\n    else:\n        r = range(-k, 6)\n"
        "    for i in r:\n        s += x[i]\n"
    ),
    "by a condition": "    r = range(k) if k > 0 else range(2, 5)\n    for i in r:\n        s += x[i]\n",
    "run over twice": (
        "    r = range(2, 6, 2)\n    for i in r:\n        for j in r:\n            s += x[i] * j\n"
    ),
    "another one meanwhile": (
        "    r = range(5)\n    for i in r:\n        r = range(i)\n        for j in r:\n            s += j\n"
    ),
    "ends that change": (
        "    n = 4\n    r = range(n)\n    n = 2\n    for i in r:\n        n = 1\n        s += x[i]\n"
    ),
    "in a loop": (
        "    for t in range(3):\n        r = range(t, 5)\n        if t == 1:\n            r = range(1)\n"
        "        for i in r:\n            s += x[i] + i\n"
    ),
    "in zip and enumerate": (
        "    r = range(1, 5)\n    for n, i in enumerate(r):\n        s += x[i] * n\n"
        "    for v, i in zip(x, r):\n        s += v * i\n"
    ),
    "downwards": "    r = range(5, 0, -1)\n    for i in r:\n        s = s * 0.5 + x[i]\n",
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("k", [0, 3, -2])
def test_a_range_with_a_name(name: str, k: int) -> None:
    assert_same(f"def f(x, k):\n    s = 0.0\n{CASES[name]}    return s\n", X, k)


def test_a_range_that_is_handed_on() -> None:
    source = (
        "def g(x, r):\n    s = 0.0\n    for i in r:\n        s += x[i]\n    return s\n"
        "def f(x, k):\n    return g(x, range(k)) + g(x, range(1, 5))\n"
    )
    assert_same(source, X, 4)


USES = {
    "another step": (
        "    r = range(5) if k else range(0, 5, 2)\n    for i in r:\n        k += i\n    return k"
    ),
    "returned": "    r = range(k)\n    return r",
    "an element": "    r = range(k)\n    return r[0]",
    "its length": "    r = range(k)\n    return len(r)",
    "a member": "    r = range(k)\n    return 3 in r",
    "its truth": "    r = range(k)\n    return 1 if r else 2",
    "in a tuple": "    r = range(k)\n    return (r, 1)",
    "in a list": "    r = [range(k), range(2)]\n    return r",
    "unpacked": "    a, b = range(k)\n    return a",
    "an attribute": "    r = range(k)\n    return r.stop",
    "compared": "    r = range(k)\n    return r == range(2)",
    "as an array": "    return np.array(range(k)) + 1",
    "starred": "    return max(*range(k))",
}


@pytest.mark.parametrize("name", USES)
def test_what_else_is_done_with_a_range_is_right_or_declined(name: str) -> None:
    source = f"def f(x, k):\n{USES[name]}\n"
    try:
        declined = refusal(source, X, 2)
    except AssertionError:
        assert_same(source, X, 2)
    else:
        assert declined.code.startswith("LW")
