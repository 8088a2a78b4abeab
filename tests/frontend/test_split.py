"""`np.array_split` and `np.split`: lists of views of one array."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ..splice.dispatching import agrees, guarded
from .levelled import assert_same_on_all_levels
from .lowering import assert_same, refusal

V = np.arange(7.0)
N = np.arange(6)
M = np.arange(12.0).reshape(6, 2)

CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "parts that are run over": (
        "s = 0.0\n    for k, p in enumerate(np.array_split(x, n)):\n"
        "        s += p.sum() * k\n    return s",
        (V, 3),
    ),
    "more parts than elements": ("return [len(p) for p in np.array_split(x, n)]", (V, 9)),
    "parts of one length": ("return [p[0] for p in np.split(x, n)]", (N, 3)),
    "no equal division": ("return [p[0] for p in np.split(x, n)]", (N, 4)),
    "no parts": ("return [p[0] for p in np.array_split(x, n)]", (N, 0)),
    "fewer than no parts": ("return len(np.split(x, n))", (N, -2)),
    "written to": (
        "parts = np.array_split(x, n)\n    for p in parts:\n        p[0] = 9\n        p += 1\n"
        "    return x.sum(), parts[-1].sum(), len(parts)",
        (V, 3),
    ),
    "of an array that is changed": (
        "parts = np.array_split(x, n)\n    x *= 2\n    return parts[1].sum()",
        (V, 3),
    ),
    "of a name that gets another array": (
        "parts = np.array_split(x, n)\n    x = x * 2\n    return parts[1].sum() + x.sum()",
        (V, 3),
    ),
    "of a name that gets another array in the loop": (
        "for p in np.array_split(x, n):\n        x = x + p.sum()\n    return x",
        (V, 3),
    ),
    "of a new array": (
        "parts = np.array_split(x * 2, n)\n    x *= 2\n    parts[0][0] = 100\n"
        "    return parts[1].sum(), x.sum(), parts[0].sum()",
        (V, 3),
    ),
    "one of them": (
        "parts = np.array_split(x, n)\n    return parts[-1].sum(), parts[n - 4].sum(), parts[1].copy()",
        (V, 3),
    ),
    "one that is not there": ("return np.array_split(x, n)[n].sum()", (V, 3)),
    "some of them": (
        "q = np.array_split(x, n)[1:]\n    q[0][0] = 50\n    return x.sum(), len(q)",
        (V, 3),
    ),
    "with names": (
        "a, b, c = np.array_split(x, n)\n    a[0] = 7\n    return b.sum() + c.sum()",
        (V, 3),
    ),
    "with too few names": ("a, b = np.array_split(x, n)\n    return a.sum() + b.sum()", (V, 3)),
    "at points": ("return [p.sum() for p in np.split(x, [n, 2, 50, 1])]", (V, 3)),
    "at points from behind": ("return [len(p) for p in np.array_split(x, (n, -1))]", (V, -3)),
    "at points of an array": ("return [len(p) for p in np.split(x, np.array([n, 2]))]", (V, 4)),
    "parts that overlap": (
        "a, b, c = np.split(x, [n, 2])\n    a += 1\n    c += a[-1]\n    return a.sum(), b.size",
        (V, 5),
    ),
    "rows of a matrix": ("return [p[0, 1] for p in np.array_split(x, n, axis=0)]", (M, 4)),
    "a list": ("return [p.sum() for p in np.array_split([1, 2, n], 2)], x.sum()", (V, 3)),
    "a matrix of parts": ("return np.array(np.array_split(x, n))", (N, 2)),
    "a part that is given to a function": (
        "def g(ps):\n        ps[0][0] = 6\n        return sum(p.sum() for p in ps)\n"
        "    return g(np.array_split(x, n)), x.sum()",
        (V, 3),
    ),
    "parts that a function returns": (
        "def g(y):\n        return np.array_split(y, 2)\n    a = g(x)\n    a[0][0] = n\n"
        "    return x.sum(), g(x + n)[1].sum()",
        (V, 77),
    ),
    "on two paths": (
        "if n > 2:\n        p = np.array_split(x, n)\n    else:\n        p = np.split(x * 2, 1)\n"
        "    p[0][0] = 55\n    return p[0].sum()",
        (V, 2),
    ),
    "of a view": ("return [p.sum() for p in np.array_split(x[::-2], n)]", (V, 3)),
    "side by side": (
        "return [(p * q).sum() for p, q in zip(np.array_split(x, n), np.array_split(x[::-1], n))]",
        (N, 3),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_parts_are_views(name: str) -> None:
    statements, args = CASES[name]
    assert_same(f"def f(x, n):\n    {statements}\n", *args)


@pytest.mark.parametrize("parts", ["np.array_split(x, n)", "np.split(x, [n, 5])"])
def test_on_all_levels(parts: str) -> None:
    source = f"def f(x, n):\n    s = 0.0\n    for p in {parts}:\n        s = s * 2 + p.sum()\n    return s"
    assert_same_on_all_levels(source, V, 3)


def test_the_number_of_parts_is_that_of_the_call() -> None:
    source = """
import numpy as np
def f(x, n):
    for p in np.split(x, n):
        p *= 2
"""
    case = guarded(source, "f", V.copy(), 1)
    assert agrees(case, V.copy(), 7)
    assert agrees(case, np.empty(0), 3)
    assert not agrees(case, V.copy(), 2)
    assert not agrees(case, V.copy(), 0)
    assert not agrees(case, V.copy(), -7)
    assert not agrees(case, V.copy(), 1.0)
    assert not agrees(case, V.copy(), True)


DECLINED: dict[str, tuple[str, str]] = {
    "columns": ("LW102", "return [p.sum() for p in np.array_split(x, n, axis=1)]"),
    "points that are floats": ("LW102", "return len(np.array_split(x, [1.5]))"),
    "a number of parts that is a float": ("LW304", "return len(np.array_split(x, n / 2))"),
    "a list that is returned": ("LW110", "return np.array_split(x, n)"),
    "a new list that is returned": ("LW110", "return np.array_split(x + 1, n)"),
    "a view that is returned": ("LW110", "return np.array_split(x, n)[0]"),
    "another array in its place": (
        "LW101",
        "p = np.array_split(x, n)\n    p[0] = x[:1]\n    return p[0].sum()",
    ),
    "a part more": ("LW110", "p = np.array_split(x, n)\n    p.append(x[:1])\n    return len(p)"),
    "views that another list gets": (
        "LW110",
        "r = []\n    for p in np.array_split(x, n):\n        r.append(p)\n    x[0] = 5.0\n"
        "    return r[0].sum()",
    ),
}


@pytest.mark.parametrize(("code", "statements"), DECLINED.values(), ids=DECLINED)
def test_what_is_more_than_a_list_of_views_is_declined(code: str, statements: str) -> None:
    assert refusal(f"def f(x, n):\n    {statements}\n", M, 3).code == code
