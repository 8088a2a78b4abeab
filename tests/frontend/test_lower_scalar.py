"""Scalars, control flow and tags, against CPython."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, refusal

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
        "chained assignment",
        """
def f(a):
    x = y = a + 1
    x += 1
    return x, y
""",
        (3,),
    ),
    (
        "and and or give operands",
        """
def f(a, b):
    return a and b, a or b, b and a, b or a
""",
        (0, 2.5),
    ),
    (
        "and guards the division",
        """
def f(a, b):
    return b != 0 and a / b > 1
""",
        (3.0, 0.0),
    ),
    (
        "or guards the index",
        """
def f(n, i):
    return i >= len(n) or n[i] > 0
""",
        (N, 17),
    ),
    (
        "not of a np.bool is a bool",
        """
def f(n):
    return not n[0] > 1
""",
        (N,),
    ),
    (
        "a conditional expression of two types",
        """
def f(a):
    x = 1 if a > 0 else 0.5
    return x * 2
""",
        (-1,),
    ),
    (
        "true division of ints is a float",
        """
def f(a, b):
    return a / b, a // b, a % b
""",
        (-7, 2),
    ),
    (
        "floor division of floats",
        """
def f(a, b):
    return a // b, a % b
""",
        (-7.5, 2.0),
    ),
    (
        "division by zero raises",
        """
def f(a, b):
    return a / b
""",
        (1, 0),
    ),
    (
        "division of np.float64 by zero gives inf",
        """
def f(x):
    return x[0] / (x[4] * 1)
""",
        (X,),
    ),
    (
        "an integer power",
        """
def f(a, b):
    return a ** b, a ** 2, 2 ** b
""",
        (3, 5),
    ),
    (
        "a negative constant power is a float",
        """
def f(a):
    return a ** -1, a ** -2
""",
        (4,),
    ),
    (
        "divmod and pow",
        """
def f(a, b):
    return divmod(a, b), pow(a, 2)
""",
        (-17, 5),
    ),
    (
        "bit operations",
        """
def f(a, b):
    return a & b, a | b, a ^ b, a << 2, a >> 1, ~a, True & (a > b), True + True
""",
        (12, 10),
    ),
    (
        "round is half even",
        """
def f(a, b):
    return round(a), round(b), int(a), int(-b), float(3), bool(a), abs(-b)
""",
        (2.5, 3.5),
    ),
    (
        "round of np.float64",
        """
def f(x):
    return round(x[0]), abs(x[1]), int(x[3]), float(x[2])
""",
        (X,),
    ),
    (
        "int of NaN raises",
        """
def f(a):
    return int(a)
""",
        (float("nan"),),
    ),
    (
        "min keeps the first of NaN",
        """
def f(a, b):
    return min(a, b), max(a, b), min(b, a), max(b, a)
""",
        (float("nan"), 1.0),
    ),
    (
        "max of an int and a np.float64",
        """
def f(x):
    return max(0, x[1]), max(0, x[2]), min(1, x[0], 2.5)
""",
        (X,),
    ),
    (
        "clamped products keep their kind",
        """
def f(x, y):
    w = max(0.0, x[0] - y)
    h = max(0.0, x[1] - y)
    return w * h
""",
        (X, 0.0),
    ),
    (
        "math functions",
        """
def f(a):
    return (
        math.sqrt(a), math.exp(-a), math.floor(a), math.ceil(a), math.hypot(a, 1), math.pi,
        math.isnan(a), math.log(a, 2), math.atan2(1, a),
    )
""",
        (2.75,),
    ),
    (
        "math on elements gives floats",
        """
def f(x):
    return math.sqrt(x[0]) + math.cos(x[1]) * x[2]
""",
        (X,),
    ),
    (
        "a domain error raises",
        """
def f(a):
    return math.log(a)
""",
        (-1.0,),
    ),
    (
        "a complex number",
        """
def f(a):
    z = 0j
    for k in range(5):
        z = z * z + a
    return z, z.real, abs(z)
""",
        (0.25 + 0.5j,),
    ),
    (
        "assert that holds",
        """
def f(a):
    assert a > 0, 'positive'
    return a
""",
        (1,),
    ),
    (
        "assert that does not hold",
        """
def f(a):
    assert a > 0
    return a
""",
        (-1,),
    ),
    (
        "raise under a condition",
        """
def f(a):
    if a < 0:
        raise ValueError('negative')
    return a
""",
        (3,),
    ),
    (
        "falling off the end gives None",
        """
def f(n):
    n[0] = 7
""",
        (N,),
    ),
    (
        "None on one path",
        """
def f(a):
    if a > 0:
        return a
    return None
""",
        (-2,),
    ),
    (
        "a walrus",
        """
def f(n):
    t = 0
    i = 0
    while (k := int(n[i])) != 1:
        t += k
        i += 1
    return t, k
""",
        (N,),
    ),
    (
        "a name that may be unset raises",
        """
def f(a):
    if a > 0:
        b = 1
    return b
""",
        (-1,),
    ),
    (
        "a name that is set",
        """
def f(a):
    if a > 0:
        b = 1
    return b
""",
        (1,),
    ),
    (
        "a name of two kinds that is dead",
        """
def f(x, n):
    for i in range(2):
        t = x[i]
    t = n
    t[0] = 5
    return i
""",
        (X, N),
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
        "try",
        """
def f(a):
    try:
        a = 1 / a
    except ZeroDivisionError:
        a = 0
    return a
""",
        (1,),
        "LW101",
    ),
    (
        "recursion",
        """
def f(a):
    return 1 if a < 2 else a * f(a - 1)
""",
        (5,),
        "LW105",
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
        "a dict",
        """
def f(a):
    d = {1: a}
    return d[1]
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
        y = 1.0
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
        "LW107",
    ),
    (
        "one array returned twice",
        """
def f(n):
    a = np.zeros(n)
    return a, a
""",
        (3,),
        "LW107",
    ),
    (
        "truth of an array",
        """
def f(x):
    if x:
        return 1
    return 0
""",
        (X,),
        "LW103",
    ),
]


@pytest.mark.parametrize(
    ("source", "args", "code"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS]
)
def test_a_refusal_carries_its_code(source: str, args: tuple[Any, ...], code: str) -> None:
    declined = refusal(source, *args)
    assert declined.code == code, declined
    assert declined.at.line > 0
