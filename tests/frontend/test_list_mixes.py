"""Lists that change their length, beside tuples from outside, values that may be None, and NumPy's own
functions that are compiled from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .levelled import assert_same_on_all_levels
from .lowering import assert_same, refusal

A = np.array([3.0, 1.0, 2.0])
GROW = """
def f(t, out, n):
    a, b = t
    for i in range(n):
        out.append({item})
    return len(out)
"""
BRANCH = """
def f(a, c):
    xs = None
    if c:
        xs = [3.0, 2.0]
    return {value}
"""
CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "a list grows by items of a tuple": (GROW.format(item="a[i] * b"), ((A, 2.0), [1.0], 3)),
    "a list grows that was empty": (GROW.format(item="a[i] * b"), ((A, 2.0), [], 3)),
    "a list from a tuple is read": (
        "def f(t, n):\n    return t[1][0] * n + sum(t[1])\n", ((1.0, [4, 2]), 3)
    ),
    "a table of tuples with None": (
        "def f(n):\n    return [[(i, None, j * 0.5) for j in range(n)] for i in range(n)]\n", (3,)
    ),
    "a list that may be None is sorted": (BRANCH.format(value="sorted(xs)"), (A, True)),
    "sorting None raises": (BRANCH.format(value="sorted(xs)"), (A, False)),
    "a list that may be None is searched": (BRANCH.format(value="a[0] in xs"), (A, True)),
    "searching None raises": (BRANCH.format(value="a[0] in xs"), (A, False)),
    "a list that may be None is joined": (BRANCH.format(value="xs + [1.0]"), (A, True)),
    "joining None raises": (BRANCH.format(value="xs + [1.0]"), (A, False)),
    "a list that may be None comes back in order": (
        "def f(a, c):\n    xs = None\n    if c:\n        xs = [1.0]\n        xs.append(a[0])\n"
        "        xs.sort(key=lambda v: -v)\n    return xs, c\n",
        (A, True),
    ),
    "sorted takes what a star unpacks": (
        "def f(t):\n    return sorted(*t, key=lambda v: -v)\n", (([1.0, 2.0],),)
    ),
    "a key that always raises": (
        "def f(a):\n    def g(v):\n        raise ValueError\n    return sorted(a, key=g)\n", ([1.0],)
    ),
    "a NumPy scalar makes an array of a list": (
        "import numpy as np\ndef f(x):\n    m = np.max(x)\n"
        "    return [x[0], 1.0] - m, m / [2, 3], [1, 2] ** m\n",
        (A,),
    ),
    "an empty list with a NumPy scalar is an empty array": (
        "import numpy as np\ndef f(x, n):\n    m = np.max(x)\n    y = [v * 2.0 for v in range(n)]\n"
        "    return m - y\n",
        (A, 0),
    ),
    "logarithms of sums of a list of logarithms": (
        "import numpy as np\ndef f(x, n):\n    out = np.zeros(n)\n    for i in range(n):\n"
        "        p = [np.log(x[i] + j) for j in range(1, n)]\n        m = np.max(p)\n"
        "        out[i] = m + np.log(np.exp(p - m).sum())\n    return out\n",
        (A, 3),
    ),
    "a NumPy integer repeats a list by a product": (
        "import numpy as np\ndef f(x):\n    k = x[0]\n    return [1.0, 2.0] * k\n", (np.array([2, 3]),)
    ),
    "an array taken from a list in place makes an array": (
        "def f(x):\n    p = [1.0, 2.0, 3.0]\n    p -= x\n    return p\n", (A,)
    ),
    "subtracting a NumPy scalar in place makes an array of a list": (
        "import numpy as np\ndef f(x):\n    p = [1.0, 2.0]\n    p -= x[0]\n    return p\n", (A,)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_kernel_does_what_the_function_does(case: tuple[str, tuple[Any, ...]]) -> None:
    source, args = case
    assert_same(source, *args)


def test_a_list_gets_tuples_on_every_level() -> None:
    assert_same_on_all_levels(GROW.format(item="(i, a[i] * b)"), (A, 2.0), [], 3)


def test_a_list_gets_what_a_function_of_numpy_gives_on_every_level() -> None:
    source = """
def f(a, out):
    out.append(float(np.median(a)))
    return sorted(zip(a, out * 3), key=lambda p: (p[1], p[0]))
"""
    assert_same_on_all_levels(source, A, [1.0])


@pytest.mark.parametrize(
    ("source", "args", "code"),
    [
        ("def f(x):\n    p = [1.0]\n    p -= [x[0]]\n    return p\n", (A,), "LW103"),
        ("def f(x):\n    p = [1.0]\n    p += x[0]\n    return p\n", (A,), "LW102"),
        ("def f(x):\n    p = [1.0]\n    p *= 2\n    return p\n", (A,), "LW101"),
        ("def f(t, n):\n    t[1].append(n)\n    return n\n", ((1.0, [1]), 3), "LW108"),
        (
            "def f(xs, c):\n    ys = xs if c else None\n    xs.append(1.0)\n    return ys is None\n",
            ([1.0], True),
            "LW108",
        ),
        ("def f(t, n):\n    return len(t[1]) + n\n", ((1.0, []), 3), "LW301"),
        ("def f(n):\n    return [None] * n\n", (3,), "LW107"),
    ],
    ids=[
        "a list taken from a list in place",
        "a number added to a list in place",
        "a list repeated in place",
        "a list inside of a tuple that grows",
        "a list that grows and has a second name, perhaps",
        "an empty list inside of a tuple",
        "a list of nothing but None",
    ],
)
def test_what_is_declined(source: str, args: tuple[Any, ...], code: str) -> None:
    assert refusal(source, *args).code == code
