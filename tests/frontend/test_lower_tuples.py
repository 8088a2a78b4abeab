"""Tuples as arguments, values that may be None, starred calls, and which object comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.lower import lower
from loopwright.frontend.lower_source import region_of_source
from loopwright.frontend.outline import region_of_function
from loopwright.frontend.parse import parse_text
from loopwright.frontend.region import Region
from loopwright.ir.domain import Group, packed, unpacked
from loopwright.ir.nodes import Either, Pack, Perhaps, Root, Rows, Same
from loopwright.ir.types import FLOAT, INT, NONE, STR, Array, TupleOf, Type

from .lowering import assert_same, by_kernel, program_for, refusal, same

X = np.array([3.0, 1.0, 2.0])
NAN = float("nan")

CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "a shape": (
        "def f(a, shape):\n    out = np.zeros(shape)\n    n, m = shape\n    for i in range(n):\n"
        "        for j in range(shape[1]):\n            out[i, j] = a[i] * j\n    return out\n",
        (np.arange(5.0), (3, 4)),
    ),
    "numbers and arrays in nested tuples": (
        "def f(c):\n    i, (a, b) = c\n    s = 0.0\n    for k in range(len(c)):\n        s += a * k\n"
        "    return s, b.sum(), c, i\n",
        ((1, (2.0, np.arange(5.0))),),
    ),
    "an empty tuple": ("def f(x, t):\n    for v in t:\n        x += v\n    return len(t), x\n", (1, ())),
    "a bool among the items is not an int": ("def f(t):\n    return t[0] is True, t\n", ((True, 1),)),
    "an item at a position known at run time": (
        "def f(s):\n    t = 0\n    for k in range(len(s)):\n        t += s[k] * s[-k]\n    return t\n",
        ((1, 2, 5),),
    ),
    "a position beyond the end": ("def f(s, k):\n    return s[k]\n", ((1, 2), 2)),
    "a position before the start": ("def f(s, k):\n    return s[k]\n", ((1, 2), -3)),
    "tuples are joined and compared": (
        "def f(s, t):\n    return s + (1,), s < t, s <= s, t > s, s == t, s[:2] != t\n",
        ((1, 2, 3), (1, 2)),
    ),
    "a starred argument": (
        "def g(x, a, b, c=2.0):\n    return x * a + b * c\n"
        "def f(x, p):\n    s = 0.0\n    for v in x:\n        s += g(v, *p) + max(*p)\n"
        "        q = (s, 1.0)\n        s += g(v, *q)\n    return s\n",
        (X, (1.0, 2.0, 3.0)),
    ),
    "a starred item of a display": (
        "def f(x, p):\n    return np.zeros((len(x), *p)).shape, (*p, *p)\n",
        (X, (2, 3)),
    ),
    "a variable named like a part of a tuple": (
        "def f(n):\n    x = (n, n + 1)\n    x_0 = 7\n    for i in range(n):\n        x_0 = x_0 + 1\n"
        "    return x[0] + x_0\n",
        (5,),
    ),
    "a variable named like the mark of another": (
        "def f(n):\n    x_set = False\n    for i in range(n):\n        if i > 3:\n            x_set = True\n"
        "            x = 1\n        if i > 4:\n            x_set = False\n"
        "    return (x, x_set) if n > 4 else (0, x_set)\n",
        (5,),
    ),
}  # fmt: skip

BEST = (
    "def f(x, n):\n    best = None\n    for i in range(n):\n"
    "        if best is None or x[i] < best[1]:\n            best = (i, x[i])\n    return best\n"
)
MAYBE: dict[str, tuple[str, tuple[Any, ...]]] = {
    "a tuple or None, found": (BEST, (X, 3)),
    "a tuple or None, not found": (BEST, (X, 0)),
    "a helper that gives None": (
        "def g(x, lo):\n    for i in range(len(x)):\n        if x[i] < lo:\n            return i, x[i]\n"
        "    return None\ndef f(x):\n    s = 0.0\n    for k in range(5):\n        hit = g(x, 4.0 - k)\n"
        "        if hit is None:\n            break\n        i, v = hit\n        s += v * i\n"
        "    return s, hit\n",
        (X,),
    ),
    "an array that is None at first": (
        "def f(x, n):\n    last = None\n    for i in range(n):\n"
        "        if last is not None and abs(last - x).max() < 1e-3:\n            break\n"
        "        last = x.copy()\n        x = x * 0.5\n    return last, x\n",
        (X, 30),
    ),
    "a list that is None at first": (
        "def f(n):\n    r = None\n    for i in range(n):\n        if r is None:\n            r = [0.0]\n"
        "        r.append(i * 1.0)\n    return 0 if r is None else len(r)\n",
        (3,),
    ),
    "truth of a tuple or None": (
        "def f(x, n):\n    t = None\n    if n > 0:\n        t = (n, n)\n    return 1 if t else 2\n",
        (X, 0),
    ),
    "None compared by ==": (
        "def f(n):\n    t = None\n    if n > 0:\n        t = (n, n)\n    return t == None, t != None\n",
        (0,),
    ),
    "None is unpacked": (
        "def f(n):\n    t = None\n    if n > 0:\n        t = (n, n)\n    a, b = t\n    return a + b\n",
        (0,),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", [*CASES.values(), *MAYBE.values()], ids=[*CASES, *MAYBE])
def test_the_kernel_does_what_the_function_does(case: tuple[str, tuple[Any, ...]]) -> None:
    source, args = case
    assert_same(source, *args)


def test_nan_in_two_tuples_is_left_to_python() -> None:
    source = "def f(s, t):\n    return s == t, s < t\n"
    assert by_kernel(source, ((NAN,), (NAN,))).failed is not None
    assert_same(source, (1.0,), (NAN,))


def test_a_result_that_may_be_none_is_told_by_a_flag() -> None:
    program, _, _ = program_for(BEST, (X, 3))
    assert isinstance(program.rebuild, Perhaps) and isinstance(program.rebuild.item, Pack)


def test_a_tuple_becomes_a_parameter_for_each_item() -> None:
    region = region_of_source("def f(t, t_0):\n    return t[0] + t[1][0] + t_0\n")
    types: dict[str, Type] = {"t": TupleOf((INT, TupleOf((FLOAT,)))), "t_0": INT}
    lowered = lower(region, types)
    assert not isinstance(lowered, Declined)
    domain = lowered.domain
    assert [p.path for p in domain.params] == ["t[0]", "t[1][0]", "t_0"]
    assert len({p.name for p in domain.params}) == 3
    assert [(g.path, len(g.items)) for g in domain.groups] == [("t", 2), ("t[1]", 1)]
    assert domain.roots == ("t_0", "t") or domain.roots == ("t", "t_0")
    values = {"t": (1, (2.5,)), "t_0": 3}
    apart = unpacked(domain, values)
    assert sorted(map(repr, apart.values())) == ["1", "2.5", "3"]
    assert packed(domain, apart) == values


@pytest.mark.parametrize("value", [(1,), (1, 2, 3), [1, 2], 5, None])
def test_tuples_of_another_length_are_not_taken_apart(value: object) -> None:
    region = region_of_source("def f(t):\n    return t[0] + t[1]\n")
    lowered = lower(region, {"t": TupleOf((INT, INT))})
    assert not isinstance(lowered, Declined)
    assert unpacked(lowered.domain, {"t": value}) == {}
    assert isinstance(lowered.domain.groups[0], Group)


def test_items_of_other_types_matter_only_if_they_are_used() -> None:
    source = "def f(t):\n    return t[0]\n"
    for other in (STR, NONE):
        lowered = lower(region_of_source(source), {"t": TupleOf((INT, other))})
        assert not isinstance(lowered, Declined)
    used = lower(region_of_source("def f(t):\n    return t[1] + 1\n"), {"t": TupleOf((INT, STR))})
    assert isinstance(used, Declined) and used.code == "LW103"
    long = lower(region_of_source(source), {"t": TupleOf((INT,) * 40)})
    assert isinstance(long, Declined)


STEP = "def step(g):\n    return g * 2\n"
LOOP = STEP + "def f(x, n):\n    for i in range(n):\n        x = step(x)\n    return x\n"


@pytest.mark.parametrize("n", [0, 1, 3])
def test_an_argument_comes_back_unless_it_was_replaced(n: int) -> None:
    program, _, _ = program_for(LOOP, (X, n))
    assert isinstance(program.rebuild, Either) and program.rebuild.params == (1,)
    got = by_kernel(LOOP, (X, n))
    assert (got.result is got.args[0]) == (n == 0)
    assert same(got.result, X * 2**n)


def test_an_argument_changed_in_place_comes_back() -> None:
    program, _, _ = program_for(
        "def f(x):\n    for i in range(3):\n        x[i] += 1\n    return x\n", (X,)
    )
    assert program.rebuild == Same(0)


def test_a_view_of_an_argument_is_no_argument() -> None:
    region = region_of_source("def f(x, n):\n    if n:\n        x = x[1:]\n    return x\n")
    refused = lower(region, {"x": Array("float64", 1), "n": INT})
    assert isinstance(refused, Declined) and refused.code == "LW110"


def test_self_comes_back() -> None:
    source = (
        "class M:\n    def fit(self, X):\n        w = np.zeros(len(X))\n        for i in range(len(X)):\n"
        "            w[i] = X[i] * 2\n        self.w = w\n        return self\n"
    )
    region = _method(source, "M.fit")
    lowered = lower(region, {"X": Array("float64", 1)})
    assert not isinstance(lowered, Declined)
    assert isinstance(lowered.program.rebuild, Pack)
    assert lowered.program.rebuild.items[-1] == Root("self")


def _method(source: str, name: str) -> Region:
    module = parse_text(f"import numpy as np\n{source}", Path("mod.py"), "mod")
    assert not isinstance(module, Declined)
    region = region_of_function(module, name)
    assert isinstance(region, Region)
    return region


ROWS: dict[str, str] = {
    "tuples": (
        "def f(x, n):\n    r = []\n    for i in range(len(x)):\n        r.append((i, x[i]))\n"
        "    return r\n"
    ),
    "numbers of two types": (
        "def f(x, n):\n    r = [0.0] * n\n    for i in range(len(x)):\n        r[i] = x[i]\n    return r\n"
    ),
    "rows of numbers of two types": (
        "def f(x, n):\n    r = [[0.0] * n for _ in range(n)]\n    for i in range(len(x)):\n"
        "        r[i][i] = x[i]\n    return r, len(r)\n"
    ),
    "no elements at all": (
        "def f(x, n):\n    r = []\n    for i in range(n - n):\n        r.append((i, x[i]))\n"
        "    return r\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("source", ROWS.values(), ids=ROWS)
def test_lists_made_of_several_columns_come_back(source: str) -> None:
    assert_same(source, X, 5)
    program, _, _ = program_for(source, (X, 5))
    tree = program.rebuild
    assert isinstance(tree.items[0] if isinstance(tree, Pack) else tree, Rows)


APART = {
    "a tuple and a string": "p == 'same', p != 'same', 'same' == p",
    "a tuple and a number": "p == n, n != p, p == None",
    "a tuple and a list": "p == [1, 2], [1, 2] != p",
    "a list and a string": "[n] == 'x', 'x' != [n]",
    "a number and a string": "n == 'x', n != 'x', None == 'x'",
}


@pytest.mark.parametrize("value", APART.values(), ids=APART)
def test_values_of_different_builtin_types_are_never_equal(value: str) -> None:
    assert_same(f"def f(a, n):\n    p = (n, a[0])\n    return {value}\n", np.array([1.5]), 2)


def test_a_number_of_numpy_is_compared_with_no_string() -> None:
    source = "def f(a):\n    return a[0] == 'x'\n"
    assert refusal(source, np.array([1.5])).code == "LW103"
