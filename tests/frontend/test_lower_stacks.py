"""Lists that change their length, tuples, sorting, against CPython; what is declined."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, refusal

X = np.array([[0.5, -1.25, 3.0], [2.75, -0.0, 8.5]])
L = [3, 1, 4, 1, 5, 9, 2, 6]
R = [0.5, 1e16, -1.25, 3.0, -1e16, 0.1]

CASES: list[tuple[str, str, tuple[Any, ...]]] = [
    (
        "a stack",
        """
def f(n):
    s = [n]
    t = 0
    while s:
        v = s.pop()
        t = t * 3 + v
        if v > 1:
            s.append(v - 1)
            s.append(v // 2)
    return t % 1000003, len(s)
""",
        (6,),
    ),
    (
        "pop from an empty list raises",
        """
def f(n):
    s = [n]
    s.pop()
    return s.pop()
""",
        (1,),
    ),
    (
        "a stack of pairs",
        """
def f(n):
    s = [(n, 0)]
    t = 0
    while s:
        a, d = s.pop()
        t += a * d
        if a > 0:
            s.append((a - 1, d + 1))
    return t
""",
        (5,),
    ),
    (
        "a stack that is looked at before anything is put on it",
        """
def f(x):
    s = []
    after = [-1] * len(x)
    for i in range(len(x)):
        while s and x[s[-1]] < x[i]:
            after[s.pop()] = i
        s.append(i)
    found = not s or s[-1] > 3
    return after, s, found
""",
        (L,),
    ),
    (
        "negative positions of a stack",
        """
def f(a):
    s = []
    for v in a:
        s.append(v)
        while len(s) > 1 and s[-2] > s[-1]:
            x = s.pop()
            s[-1] = s[-1] + x
    return s
""",
        (L,),
    ),
    (
        "a list of pairs becomes an array",
        """
def f(n):
    r = []
    for i in range(n):
        r.append((i, i * 0.5))
    return np.array(r)
""",
        (4,),
    ),
    (
        "extend and +=",
        """
def f(a):
    r = [0]
    r.extend(a)
    r += [7, 8]
    r += a
    return r
""",
        (L,),
    ),
    (
        "reverse",
        """
def f(n):
    r = []
    for i in range(n):
        r.append(i)
    r.reverse()
    return r
""",
        (4,),
    ),
    (
        "list() of a range, a list and an array",
        """
def f(n, a, x):
    b = list(a)
    b[0] = 5
    return list(range(n)), b, list(x[0]), list(range(1, n, 2))
""",
        (5, L, X),
    ),
    (
        "an array of a list",
        """
def f(a, r):
    return np.array(a), np.array(r), np.array([v * 0.5 for v in a]), np.mean(r)
""",
        (L, R),
    ),
    (
        "arithmetic of a list and an array",
        """
def f(x, r):
    return x[0] * r[:3] + np.dot(x[1], r[:3])
""",
        (X, R),
    ),
    (
        "an index out of range raises",
        """
def f(a, i):
    return a[i]
""",
        (L, 8),
    ),
    (
        "a negative index",
        """
def f(a, i):
    a[i - 2] = 0
    return a[i], a[-1]
""",
        (L, -8),
    ),
    (
        "a loop over a list that grows",
        """
def f(n):
    q = [n]
    t = 0
    for v in q:
        t += v
        if v > 1:
            q.append(v // 2)
            q.append(v // 3)
    return t, len(q)
""",
        (20,),
    ),
    (
        "tuples of results",
        """
def f(a):
    best = (-1, 0.0)
    for i in range(len(a)):
        if a[i] > best[1]:
            best = (i, a[i])
    return best, best[0]
""",
        (R,),
    ),
    (
        "a helper makes a list",
        """
def g(x, k):
    r = []
    for v in x:
        if v > k:
            r.append(v)
    return r
def f(x, n):
    t = 0
    for k in range(n):
        t += len(g(x[0], k))
    q = g(x[1], 0)
    q.append(q[0] * 2)
    return t, q
""",
        (X, 3),
    ),
    (
        "a helper fills a list",
        """
def g(r, i, v):
    r[i] += v
def f(x):
    r = [0.0] * 3
    for i in range(3):
        g(r, i, 2.0)
        g(r, 0, x[0, i])
    return r[0], r[1]
""",
        (X,),
    ),
    (
        "a nested function widens a list around it",
        """
def f(x):
    r = [0.0] * 3
    def g(i):
        r[i] += x[0, i]
    for i in range(2):
        g(i)
    return r[0], r[2]
""",
        (X,),
    ),
    (
        "sorting",
        """
def f(a, r, x):
    s = sorted(a)
    b = [v * 2 for v in r]
    b.sort()
    c = sorted(a, reverse=True)
    return s, b, c, sorted(r)[2], sorted(x[0]), sorted(v * v for v in a), a
""",
        (L, R, X),
    ),
    (
        "the median of a window",
        """
def f(x, k):
    w = []
    for i in range(k):
        w.append(x[0, i])
    w.sort()
    n = len(w)
    if n % 2 == 1:
        return w[n // 2]
    return (w[n // 2 - 1] + w[n // 2]) / 2
""",
        (X, 2),
    ),
    (
        "queue of neighbours",
        """
def g(x, i):
    r = []
    for j in range(len(x[0])):
        if x[0, j] > i:
            r.append(j)
    return r
def f(x):
    q = g(x, -2)
    t = 0
    while q:
        j = q.pop()
        t += j
        if t < 5:
            q.extend(g(x, j))
    return t
""",
        (X,),
    ),
]


@pytest.mark.parametrize(("source", "args"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_kernel_does_what_the_function_does(source: str, args: tuple[Any, ...]) -> None:
    assert_same(source, *args)


REFUSALS: list[tuple[str, str, tuple[Any, ...], str]] = [
    (
        "a float into a list of ints from outside",
        """
def f(a):
    a[0] = 0.5
""",
        (L,),
        "LW302",
    ),
    (
        "rows that are shared",
        """
def f(n):
    return [[0] * n] * n
""",
        (3,),
        "LW103",
    ),
    (
        "a stack with a second name",
        """
def f(n):
    s = [n]
    t = s
    t.append(1)
    return s.pop()
""",
        (3,),
        "LW108",
    ),
    (
        "a reversed list with a second name",
        """
def f(n):
    s = [n, 2]
    t = s
    s.reverse()
    return t
""",
        (3,),
        "LW108",
    ),
]


@pytest.mark.parametrize(
    ("source", "args", "code"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS]
)
def test_a_refusal_carries_its_code(source: str, args: tuple[Any, ...], code: str) -> None:
    assert refusal(source, *args).code == code
