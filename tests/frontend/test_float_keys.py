"""Floats as the keys of dicts and the items of sets that a function makes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from ..splice.dispatching import agrees, guarded
from .levelled import assert_same_on_all_levels
from .lowering import assert_same, refusal

F = [0.5, 1.0, -0.0, 0.5, 0.0, 1e300, -1e-300, 2.0**63, math.inf, -math.inf, 0.1, 0.1, 5e-324]
V = np.array(F)

CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "how many there are": ("return len(set(x))", (F,)),
    "how many NumPy numbers there are": ("return len(set(x))", (V,)),
    "a set that grows": (
        "s = set()\n    for v in x:\n        s.add(v)\n    return s, sorted(s)",
        (V,),
    ),
    "a zero that comes first": ("s = set(x[::-1])\n    return sorted(s)", (F,)),
    "a dict that counts": (
        "d = {}\n    for v in x:\n        d[v] = d.get(v, 0) + 1\n"
        "    return d, list(d), [(k, n) for k, n in d.items()]",
        (V,),
    ),
    "a key stays what it was": (
        "d = {}\n    d[-0.0] = 1\n    d[0.0] = 2\n    d[1.5] = 3\n    d[np.float64(1.5)] = 4\n"
        "    d[np.float64(2.5)] = 5\n    d[2.5] = 6\n    return d",
        (F,),
    ),
    "membership": (
        "s = set(x)\n    return 0.1 in s, 0.3 in s, -0.0 in s, 1e300 in s, 2.0**62 in s, 5e-324 in s",
        (F,),
    ),
    "pairs": (
        "s = {(v, k % 3) for k, v in enumerate(x)}\n    return len(s), (0.5, 0) in s, (0.1, 0) in s",
        (F,),
    ),
    "middles": (
        "s = set()\n    for k in range(1, len(x)):\n        s.add((x[k - 1] + x[k]) / 2.0)\n"
        "    return len(s), sorted(s)",
        (np.arange(50.0) % 7,),
    ),
    "each once, in order": (
        "seen, r = set(), []\n    for v in x:\n        if v not in seen:\n            seen.add(v)\n"
        "            r.append(v)\n    return r",
        (V,),
    ),
    "a key that is not there": ("d = {v: k for k, v in enumerate(x)}\n    return d[0.7]", (F,)),
    "the largest value": (
        "d = {v: k for k, v in enumerate(x)}\n    return max(d, key=lambda v: d[v]), d[-0.0]",
        (F,),
    ),
    "a loop over a set": (
        "n, t, s = 0, set(), set(x[:4])\n    for v in s:\n        t.add(int(v))\n"
        "        if v > 0.7:\n            n += 2\n    return n, sorted(t)",
        (F,),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_equal_floats_are_one_key(name: str) -> None:
    statements, args = CASES[name]
    assert_same(f"def f(x):\n    {statements}\n", *args)


def test_on_all_levels() -> None:
    source = """
def f(x):
    d = {}
    for v in x:
        d[v] = d.get(v, 0) + 1
    return [n for n in d.values()], [v for v in d]
"""
    assert_same_on_all_levels(source, F)
    assert_same_on_all_levels(source, V)


def test_many_floats() -> None:
    source = "def f(x):\n    s = set(x)\n    return len(s), sum(v + 1.0 in s for v in x)"
    rng = np.random.default_rng(3)
    for x in (rng.integers(0, 90, 400) / 7.0, rng.normal(size=300) * 1e-200, np.arange(300.0)):
        assert_same(source, x)


def test_what_is_returned_has_the_order_of_python() -> None:
    case = guarded(
        "def f(x):\n    s = set()\n    for v in x:\n        s.add(v)\n    return s", "f", F
    )
    assert agrees(case, F)
    assert agrees(case, [])
    assert agrees(case, [k / 7 for k in range(40, 0, -1)])


def test_nan_is_left_to_python() -> None:
    case = guarded("def f(x):\n    return len(set(x))", "f", F)
    assert agrees(case, [0.0, 0.5])
    nan = math.nan
    assert not agrees(case, [nan, nan])
    assert not agrees(case, [0.0, float("nan")])
    sought = guarded("def f(x, v):\n    s = set(x)\n    return v in s", "f", F, 1.0)
    assert agrees(sought, F, 0.5)
    assert not agrees(sought, F, nan)


DECLINED = {
    "ints and floats": "d = {}\n    d[0.5] = 2\n    d[1] = 1\n    return d",
    "an int among floats": "return 1 in set(x)",
    "ints or floats": "s = {0.5} if x[0] > 0 else {1, 2}\n    return 1.5 in s",
    "an int or a float": "return len({1 if v > 1 else v for v in x})",
    "None or a float": "return len({None if v > 1 else v for v in x})",
    "single precision": "return len({np.float32(v) for v in x})",
    "complex numbers": "return len({v + 1j for v in x})",
    "pairs of both": "s = {(v, 1) for v in x}\n    return (1, 0.5) in s",
    "the order of a set": "return list(set(x))",
    "the sum of a set": "s, t = set(x), 0.0\n    for v in s:\n        t += v\n    return t",
    "zeros of either sign": (
        "s, t = set(x), set()\n    for v in s:\n        t.add(v * 0.0)\n    return sorted(t)"
    ),
}


@pytest.mark.parametrize("name", DECLINED)
def test_what_may_be_equal_or_seen_otherwise_is_declined(name: str) -> None:
    refused = refusal(f"def f(x):\n    {DECLINED[name]}\n", F)
    assert refused.code in ("LW101", "LW102", "LW103")
