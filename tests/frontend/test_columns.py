"""`zip(*rows)` of tuples, lists and matrices: run over, and shared out among names at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ..splice.dispatching import agrees, guarded
from .levelled import assert_same_on_all_levels
from .lowering import assert_same, refusal

L = [3, 1, 4]
M = np.arange(6.0).reshape(3, 2)
ROWS = [[1, 2, 3], [4, 5, 6]]
PAIRS = "[(k, k * 0.5) for k in x]"

CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "pairs of a comprehension": (
        f"a, b = zip(*{PAIRS})\n    return sum(a), sum(b), a[0], b[-1], len(a)",
        (L,),
    ),
    "pairs of a generator": (f"a, b = zip(*({PAIRS[1:-1]}))\n    return list(a), list(b)", (L,)),
    "pairs that change later": (
        f"p = {PAIRS}\n    a, b = zip(*p)\n    p[0] = (9, 9.0)\n    return list(a), list(b)",
        (L,),
    ),
    "no pairs": (
        "a, b = zip(*[(k, k * 0.5) for k in x if k > 10])\n    return list(a), list(b)",
        (L,),
    ),
    "pairs that are put in one by one": (
        "p = []\n    for k in x:\n        p.append((k, k * 2.5, k > 1))\n    p.pop()\n"
        "    a, b, c = zip(*p)\n    return sum(a), np.array(b), np.array(c)",
        (L,),
    ),
    "pairs in order": ("a, b = zip(*sorted(zip(x, x[::-1])))\n    return a[0], b[0], sum(a)", (L,)),
    "items of a dict": (
        "d = {k: k * 2 for k in x}\n    a, b = zip(*d.items())\n    return a[0], b[0]",
        (L,),
    ),
    "numbered items": ("a, b = zip(*enumerate(x))\n    return a[2], b[0]", (L,)),
    "pairs of a function": (
        "a, b = zip(*map(lambda k: (k, k + 1), x))\n    return a[2], b[0]",
        (L,),
    ),
    "rows of a matrix": ("a, b = zip(*x)\n    return np.array(a), b[0]", (M,)),
    "rows of a matrix that changes later": (
        "a, b = zip(*x)\n    x[0, 0] = 9\n    return a[0]",
        (M,),
    ),
    "the name of the matrix": ("x, y = zip(*x)\n    return x[1], y[0]", (M,)),
    "too many columns": ("a, b, c = zip(*x)\n    return a[0]", (M,)),
    "lists": ("a, b, c = zip(*x)\n    return sum(a), c[1]", (ROWS,)),
    "too few names": ("a, b = zip(*x)\n    return a[0]", (ROWS,)),
    "arrays of the columns": (
        f"a, b = (np.array(c) for c in zip(*{PAIRS}))\n    return a, b",
        (L,),
    ),
    "arrays by a function": (f"a, b = map(np.array, zip(*{PAIRS}))\n    return a, b", (L,)),
    "lists that grow": (
        f"a, b = map(list, zip(*{PAIRS}))\n    a.append(7)\n    return a[0], len(a), b[1], len(b)",
        (L,),
    ),
    "a matrix that changes between the columns": (
        "def g(c):\n        x[0, 1] = 100\n        return sum(c)\n"
        "    a, b = (g(c) for c in zip(*x))\n    return a, b, [g(c) for c in zip(*x)]",
        (M,),
    ),
    "a loop over columns of tuples": (
        "p = [(k, k * 2) for k in x]\n    s = 0\n    for c in zip(*p):\n"
        "        s = s * 10 + sum(c)\n        p[0] = (70, 80)\n        p.append((1, 2))\n"
        "    return s, p",
        (L,),
    ),
    "a loop over columns of several types": (
        f"s = 0\n    for c in zip(*{PAIRS}):\n        s = s * 10 + c[0] - c[1]\n    return s",
        (L,),
    ),
    "a loop over no columns": ("return [max(c) for c in zip(*((k, 1) for k in x if k > 9))]", (L,)),
    "a loop over columns of a new list": (
        "p, s = [(k, k * 2) for k in x], 0\n    for c in zip(*list(p)):\n"
        "        p[0] = (50, 50)\n        s += sum(c)\n    return s",
        (L,),
    ),
    "a loop over columns of a matrix that changes": (
        "s = 0\n    for c in zip(*x):\n        s = s * 10 + sum(c)\n        x[0, 1] = 70\n"
        "        x = x + 1\n    return s",
        (M,),
    ),
    "loops in loops": (
        "s = 0\n    for k in range(3):\n        for c in zip(*[(v, v + k) for v in x]):\n"
        "            if sum(c) > 10:\n                break\n            s += sum(c)\n"
        "        a, b = zip(*[(v, v + k) for v in x])\n        s += b[0]\n    return s, sum(a)",
        (L,),
    ),
    "a display of lists": ("return [a * b for a, b in zip(*[x, x[::-1]])]", (L,)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_columns_are_those_of_python(name: str) -> None:
    statements, args = CASES[name]
    assert_same(f"def f(x):\n    {statements}\n", *args)


def test_on_all_levels() -> None:
    source = f"def f(x):\n    a, b = zip(*{PAIRS})\n    return sum(a), np.array(b)"
    assert_same_on_all_levels(source, L)


def test_no_rows_cannot_be_shared_out() -> None:
    case = guarded(f"def f(x):\n    a, b = zip(*{PAIRS})\n    return sum(a) + sum(b)", "f", L)
    assert agrees(case, [1])
    assert not agrees(case, [])


def test_tuples_from_outside() -> None:
    source = "def f(x):\n    a, b = zip(*x)\n    return sum(a) + sum(b)"
    case = guarded(source, "f", [(1, 2), (3, 4)])
    assert agrees(case, [(1, 2)])
    agrees(case, [])
    agrees(case, [(1, 2, 3)])
    agrees(case, [(1, 2), (3,)])


DECLINED: dict[str, str] = {
    "two names for three": f"a, b, c = zip(*{PAIRS})\n    return a[0]",
    "arrays": "a, b = zip(*[(k, np.ones(2)) for k in x])\n    return a[0], np.array(b)",
    "the iterator itself": f"t = zip(*{PAIRS})\n    a, b = t\n    return sum(a)",
    "lists that are no rows of a list": "a, b = zip(x, x)\n    return a",
    "a star among the names": f"a, *b = zip(*{PAIRS})\n    return sum(a)",
    "a tuple that is returned": f"a, b = zip(*{PAIRS})\n    return a",
    "a function that is called zip": (
        f"zip = lambda *a: (1, 2)\n    a, b = zip(*{PAIRS})\n    return a"
    ),
}


@pytest.mark.parametrize("name", DECLINED)
def test_other_forms_are_declined(name: str) -> None:
    refused = refusal(f"def f(x):\n    {DECLINED[name]}\n", L)
    assert refused.code in ("LW102", "LW103", "LW107", "LW111", "LW302")
