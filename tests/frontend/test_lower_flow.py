"""Control flow and types that depend on the path, against CPython."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same

X = np.array([0.5, -1.25, 3.0, 2.75, -0.0, 8.5])
N = np.array([3, -1, 4, 1, -5, 9])

CASES: list[tuple[str, str, tuple[Any, ...]]] = [
    (
        "a sum that starts with an int becomes a np.float64",
        """
def f(x):
    t = 0
    for v in x:
        t += v
    return t
""",
        (X,),
    ),
    (
        "a sum over nothing stays an int",
        """
def f(x):
    t = 0
    for v in x:
        t += v
    return t
""",
        (X[:0],),
    ),
    (
        "a float sum over nothing stays a float",
        """
def f(x):
    t = 0.0
    for i in range(len(x)):
        t += x[i] * 2
    return t
""",
        (X[:0],),
    ),
    (
        "a minimum that is never found is a float",
        """
def f(x):
    best = float('inf')
    for v in x:
        if v < best:
            best = v
    return best
""",
        (X[:0],),
    ),
    (
        "a minimum that is found is a np.float64",
        """
def f(x):
    best = float('inf')
    for v in x:
        if v < best:
            best = v
    return best
""",
        (X,),
    ),
    (
        "None until a position is found",
        """
def f(x, t):
    at = None
    for i in range(len(x)):
        if x[i] > t:
            at = i
    return at
""",
        (X, 2.0),
    ),
    (
        "None if no position is found",
        """
def f(x, t):
    at = None
    for i in range(len(x)):
        if x[i] > t:
            at = i
    return at
""",
        (X, 99.0),
    ),
    (
        "a maximum that starts as None",
        """
def f(x):
    m = None
    for v in x:
        if m is None or v > m:
            m = v
    return m
""",
        (X,),
    ),
    (
        "an int or a np.int64 by path",
        """
def f(n):
    best = 0
    for v in n:
        if v > best:
            best = v
    return best, best + 1
""",
        (N,),
    ),
    (
        "an early return from nested loops",
        """
def f(x, n):
    for i in range(len(x)):
        for j in range(len(n)):
            if x[i] > n[j] * 2:
                return i, j
    return -1, -1
""",
        (X, N),
    ),
    (
        "loop else runs without a break",
        """
def f(n, k):
    for v in n:
        if v == k:
            r = 1
            break
    else:
        r = 2.5
    return r
""",
        (N, 77),
    ),
    (
        "loop else is skipped by a break",
        """
def f(n, k):
    for v in n:
        if v == k:
            r = 1
            break
    else:
        r = 2.5
    return r
""",
        (N, 4),
    ),
    (
        "continue skips the rest",
        """
def f(n):
    t = 0
    for i in range(len(n)):
        if n[i] < 0:
            continue
        t += int(n[i])
    return t
""",
        (N,),
    ),
    (
        "while with else",
        """
def f(n):
    k = 0
    while n > 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        k += 1
    else:
        k += 100
    return k
""",
        (27,),
    ),
    (
        "while True with break",
        """
def f(n):
    i = 0
    while True:
        i += 3
        if i > n:
            break
    return i
""",
        (10,),
    ),
    (
        "a step of minus two",
        """
def f(n):
    s = 0
    for i in range(n, -3, -2):
        s = s * 3 + i
    return s, i
""",
        (9,),
    ),
    (
        "a step that is a variable",
        """
def f(a, b, c):
    s = 0
    for i in range(a, b, c):
        s = s * 2 + i
    return s
""",
        (10, -4, -3),
    ),
    (
        "the loop variable after the loop",
        """
def f(n):
    for i in range(n):
        pass
    return i
""",
        (4,),
    ),
    (
        "the loop variable after an empty loop raises",
        """
def f(n):
    for i in range(n):
        pass
    return i
""",
        (0,),
    ),
    (
        "the loop variable keeps its value over an empty loop",
        """
def f(n):
    i = 7
    for i in range(n):
        pass
    return i
""",
        (0,),
    ),
    (
        "the loop variable may be assigned in the body",
        """
def f(n):
    s = 0
    for i in range(n):
        i = i * 2
        s += i
    return s, i
""",
        (5,),
    ),
    (
        "the bound is evaluated once",
        """
def f(n):
    s = 0
    for i in range(n):
        n = 2
        s += 1
    return s, n
""",
        (5,),
    ),
    (
        "chained comparison",
        """
def f(a, b, c):
    return a < b < c, a < b > c, 0 <= a <= b != c
""",
        (1, 2.5, 2),
    ),
    (
        "swap",
        """
def f(a, b):
    a, b = b, a + b
    return a, b
""",
        (1, 2.5),
    ),
    (
        "rotation of a tuple",
        """
def f(a, b, c):
    t = (a, b, c)
    t = (t[1], t[2], t[0])
    return t
""",
        (1, 2.0, 3),
    ),
    (
        "fibonacci",
        """
def f(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a
""",
        (50,),
    ),
    (
        "what is done only to raise an exception need not be compiled",
        """
def f(x):
    t = 0.0
    for v in x:
        if v < -1e3:
            message = "%r of %s is too small" % (v, {"x": x})
            print(message, file=None)
            raise ValueError(message)
        t += v
    return t
""",
        (X,),
    ),
    (
        "a block that ends in an exception gives up at its beginning",
        """
def f(x):
    t = 0.0
    for v in x:
        if v < -1e3:
            message = "%r of %s is too small" % (v, {"x": x})
            print(message, file=None)
            raise ValueError(message)
        t += v
    return t
""",
        (X - 1e4,),
    ),
    (
        "a block that may return before it raises is no such block",
        """
def f(a):
    if a > 1:
        if a > 2:
            return a
        raise ValueError
    return -a
""",
        (3,),
    ),
    (
        "chained assignment",
        """
def f(a):
    x = y = a + 1
    x += 1
    return x, y
""",
        (3,),
    ),
]


@pytest.mark.parametrize(("source", "args"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_kernel_does_what_the_function_does(source: str, args: tuple[Any, ...]) -> None:
    assert_same(source, *args)
