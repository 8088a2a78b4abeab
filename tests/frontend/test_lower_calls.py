"""Helper functions, closures and iteration, against CPython; what is declined."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, refusal

X = np.array([0.5, -1.25, 3.0, 2.75, -0.0, 8.5])
N = np.array([3, -1, 4, 1, -5, 9])

CASES: list[tuple[str, str, tuple[Any, ...]]] = [
    (
        "a helper that is told the axis",
        """
def g(x, axis=-1, keep=True):
    return np.sum(x, axis=axis, keepdims=keep) / x.shape[axis]
def f(a, n):
    x = np.outer(np.arange(3.0) + a, np.arange(4.0) + n)
    return g(x), g(x, 0), g(x, axis=1, keep=False), g(x, keep=False)
""",
        (2, 5),
    ),
    (
        "a helper whose result has a rank by what it is told",
        """
def g(x, t, ndim=2):
    if len(x.shape) == ndim + 1:
        return x[t]
    elif len(x.shape) == ndim:
        return x
    else:
        raise ValueError(ndim)
def f(a, n):
    x = np.ones((n, n)) * a
    return g(x, 0) + 0, g(x, 1, ndim=1) + 0
""",
        (2, 5),
    ),
    (
        "a helper that is told the axis, with a branch and a loop before",
        """
def g(x, axis=0, twice=False):
    if x[0, 0] > 1:
        x = x * 2
    for i in range(2):
        if twice:
            x = x + i
    return np.sum(x, axis=axis)
def f(a, n):
    x = np.ones((n, 2)) * a
    return g(x), g(x, 1), g(x, axis=1, twice=True)
""",
        (2, 5),
    ),
    (
        "a helper that changes what it is told",
        """
def g(x, k=3):
    if k > 2:
        k = k - 1
    return x * k
def f(a, n):
    return g(a), g(a, 1), g(a, k=n), g(a, True)
""",
        (2, 5),
    ),
    (
        "a helper with any number of arguments",
        """
def g(a, *rest, k=3):
    return a * k + sum(rest) + len(rest)
def f(a, n):
    t = (n, 2.5)
    return g(a), g(a, n), g(a, 1, n, k=2.0), g(*t)
""",
        (2, 5),
    ),
    (
        "a helper that takes keywords without reading them",
        """
def g(a, b, **_):
    return a * b
def f(a, n):
    return g(a, n), g(a, b=n, c=4), g(a, n, x=[a], y=None)
""",
        (2, 5),
    ),
    (
        "a nested function sees the variables around it",
        """
def f(a, n):
    def g(y):
        return y * a + k
    t = 0
    for k in range(n):
        t += g(k)
    return t
""",
        (2, 5),
    ),
    (
        "a lambda",
        """
def f(a, n):
    g = lambda y, z=3: y * a + z
    return g(n) + g(1, 2)
""",
        (2, 5),
    ),
    (
        "a helper that returns two types",
        """
def g(a):
    if a > 1:
        return 0
    return a / 2
def f(a, b):
    return g(a), g(b) + 1
""",
        (0.5, 3.0),
    ),
    (
        "a helper with keywords and defaults",
        """
def g(a, b=2, *, c=3.5):
    return a * b + c
def f(a):
    return g(a), g(a, c=1), g(b=a, a=4)
""",
        (7,),
    ),
    (
        "defaults that the module has named",
        """
TOL = 1e-3
LIMIT: int = 2 * 10**3
def g(a, tol=TOL, low=-TOL, *, most=LIMIT, top=np.inf, bottom=-np.inf):
    return a + tol * 2 + low, min(a, top, most), max(a, bottom)
def f(a):
    return g(a), g(a, 2.0, most=3, top=1)
""",
        (7,),
    ),
    (
        "a helper that changes an array",
        """
def g(x, i):
    x[i] += 1
    return x[i]
def f(x):
    return x[0] + g(x, 0) + x[0], g(x, 1) < 100 and g(x, 2) > 0
""",
        (X,),
    ),
    (
        "helpers that call helpers",
        """
def h(a):
    return a * a
def g(a, b):
    return h(a) + h(b)
def f(x):
    t = 0.0
    for v in x:
        t += g(v, 2)
    return t
""",
        (X,),
    ),
    (
        "a name is not a library because of its spelling",
        """
def f(n):
    sum = 0
    for max in n:
        sum += int(max)
    return sum
""",
        (N,),
    ),
    (
        "is None of an argument",
        """
def f(a, b):
    if b is None:
        b = a * 2
    return b
""",
        (3.0, None),
    ),
    (
        "in a tuple",
        """
def f(a):
    return a in (1, 2, 5), a not in (1, 2)
""",
        (5,),
    ),
    (
        "enumerate with start, zip and reversed",
        """
def f(x, n):
    t = 0.0
    for k, (a, b) in enumerate(zip(x, n), start=1):
        t += k * a * b
    for v in reversed(n):
        t = t * 2 + v
    for i in reversed(range(1, 4)):
        t = t + i * t
    return t
""",
        (X, N),
    ),
    (
        "zip stops at the shortest",
        """
def f(x, n):
    t = 0.0
    for a, b in zip(x, n):
        t += a * b
    return t
""",
        (X, N[:3]),
    ),
    (
        "strict zip raises",
        """
def f(x, n):
    t = 0.0
    for a, b in zip(x, n, strict=True):
        t += a * b
    return t
""",
        (X, N[:3]),
    ),
    (
        "a loop over a tuple of tuples",
        """
def f(a):
    s = 0
    for dy, dx in ((-1, 0), (1, 2), (0, 5)):
        s = s * 3 + dy * a + dx
    return s
""",
        (7,),
    ),
    (
        "a loop over items of two types",
        """
def f(a, e):
    best = 10.0
    at = 0
    for s, v in ((1, e), (-1, 1.0 - e)):
        if v < best:
            best = v
            at = s
    return best, at
""",
        (7, 0.75),
    ),
]


@pytest.mark.parametrize(("source", "args"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_kernel_does_what_the_function_does(source: str, args: tuple[Any, ...]) -> None:
    assert_same(source, *args)


REFUSALS: list[tuple[str, str, tuple[Any, ...], str]] = [
    (
        "a dict of keywords that is read",
        "def g(a, **more):\n    return a * more['k']\ndef f(a):\n    return g(a, k=2)\n",
        (1,),
        "LW102",
    ),
    (
        "a jump past a finally",
        """
def f(a):
    try:
        return 1 / a
    finally:
        a = 0
""",
        (1,),
        "LW101",
    ),
    (
        "a handler of warnings",
        """
def f(a):
    try:
        a = 1 / a
    except (ValueError, RuntimeWarning):
        a = 0
    return a
""",
        (1,),
        "LW101",
    ),
    (
        "a context that does something",
        """
def f(a):
    with open("there"):
        a += 1
    return a
""",
        (1,),
        "LW101",
    ),
    (
        "a context that makes warnings errors",
        """
import numpy as np
def f(a):
    with np.errstate(divide="raise"):
        a = 1 / a
    return a
""",
        (1,),
        "LW101",
    ),
    (
        "an unknown function",
        """
import os
def f(a):
    return os.getpid() + a
""",
        (1,),
        "LW102",
    ),
    (
        "a dict with a complex number for a key",
        """
def f(a):
    d = {0.5j: a}
    return d[0.5j]
""",
        (1,),
        "LW103",
    ),
    (
        "a name of two kinds",
        """
def f(a, x):
    if a > 0:
        y = x
    else:
        y = [1.0]
    return y * 2
""",
        (1, X),
        "LW302",
    ),
    (
        "starred arguments",
        """
def g(a, b):
    return a + b
def f(t):
    return g(*t)
""",
        (X,),
        "LW102",
    ),
    (
        "a view of an argument is returned",
        """
def f(x):
    return x[1:]
""",
        (X,),
        "LW110",
    ),
    (
        "one array returned twice",
        """
def f(n):
    a = np.zeros(n)
    return a, a
""",
        (3,),
        "LW110",
    ),
    (
        "a default whose name is bound again",
        """
TOL = 1e-3
def g(a, tol=TOL):
    return a + tol
TOL = 1e-4
def f(a):
    return g(a)
""",
        (1.0,),
        "LW102",
    ),
    (
        "a default of a nested function, which is read at each definition",
        """
TOL = 1e-3
def f(a):
    def g(v, tol=TOL):
        return v + tol
    return g(a)
""",
        (1.0,),
        "LW102",
    ),
    (
        "a default that is computed",
        """
def g(a, tol=[0.0][0]):
    return a + tol
def f(a):
    return g(a)
""",
        (1.0,),
        "LW102",
    ),
]


@pytest.mark.parametrize(
    ("source", "args", "code"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS]
)
def test_a_refusal_carries_its_code(source: str, args: tuple[Any, ...], code: str) -> None:
    declined = refusal(source, *args)
    assert declined.code == code, declined
    assert declined.at.line > 0


def test_a_refusal_within_a_function_tells_where_the_region_calls_it() -> None:
    source = """
def inner(x):
    return [print(v) for v in x]

def outer(x):
    return inner(x)

def f(x):
    n = len(x)
    m = outer(x)
    return n, m
"""
    declined = refusal(source, [1.0, 2.0])
    assert (declined.code, declined.at.line) == ("LW102", 3)
    assert declined.call is not None
    assert declined.call.line == 10


def test_a_module_that_is_imported_twice_is_the_same_module() -> None:
    source = "import math\nfrom math import exp\n\n\ndef g(x):\n    return exp(x)\n\n\n"
    source += "import math, random\nfrom math import exp\n\n\n"
    assert_same(source + "def f(x):\n    return math.sqrt(g(x))\n", 2.0)


def test_a_name_that_two_modules_have_is_not_taken_for_either() -> None:
    source = "from math import exp\nfrom numpy import exp\n\n\ndef f(x):\n    return exp(x)\n"
    assert refusal(source, 2.0).code in ("LW102", "LW301")


POWER = """
def multiply(a, b):
    return [[sum(a[i][k] * b[k][j] for k in range(len(b))) for j in range(len(b[0]))] for i in range(len(a))]


def f(base, n):
    result = [[1 if i == j else 0 for j in range(len(base))] for i in range(len(base))]
    while n:
        if n % 2:
            result = multiply(result, base)
        base = multiply(base, base)
        n //= 2
    return result
"""
PAIRWISE = """
def multiply(a, b):
    return [v * w for v, w in zip(a, b)]


def f(base, n):
    result = [1, 2]
    while n:
        if n % 2:
            result = multiply(result, base)
        n //= 2
    return result
"""


def test_a_list_from_a_helper_takes_the_place_of_another_on_some_paths() -> None:
    assert_same(POWER, [[1, 1], [1, 0]], 11)
    assert_same(PAIRWISE, [3, 2], 6)
