"""Lists given from outside: of NumPy scalars, changed in place, growing; on all levels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .levelled import assert_same_on_all_levels
from .lowering import refusal

N = [np.float64(0.5), np.float64(-1.25), np.float64(3.0)]
I8 = [np.int8(100), np.int8(27)]
ROWS = [[np.float64(1.0), np.float64(2.0)], [np.float64(3.0), np.float64(-0.0)]]

READ: list[tuple[str, str, tuple[Any, ...]]] = [
    (
        "elements of NumPy's types",
        """
def f(a):
    s = 0.0
    for v in a:
        s += v
    return s, a[0], a[1:], max(a), sum(a), [v * 2 for v in a]
""",
        (N,),
    ),
    (
        "division by zero gives what NumPy gives",
        """
def f(a, z):
    return a[0] / z, a[0] * 2
""",
        (N, 0.0),
    ),
    (
        "small integers wrap",
        """
def f(a):
    return a[0] + a[1], sum(a)
""",
        (I8,),
    ),
    (
        "elements are replaced",
        """
def f(a):
    a[0] = a[1] * 2
    a[-1] -= a[0]
    return a, len(a)
""",
        (N,),
    ),
    (
        "rows of NumPy scalars",
        """
def f(t):
    s = t[0][0]
    for row in t:
        for v in row:
            s += v
    t[1][0] = s
    return s
""",
        (ROWS,),
    ),
]


@pytest.mark.parametrize(("source", "args"), [c[1:] for c in READ], ids=[c[0] for c in READ])
def test_lists_of_numpy_scalars(source: str, args: tuple[Any, ...]) -> None:
    assert_same_on_all_levels(source, *args)


GROWN: list[tuple[str, str, tuple[Any, ...]]] = [
    (
        "append to an argument",
        """
def f(out, n):
    for i in range(n):
        out.append(i * 0.5)
    return n
""",
        ([1.0], 3),
    ),
    (
        "append to an empty list",
        """
def f(out, x):
    for i in range(len(x)):
        out.append(x[i])
""",
        ([], np.array([0.5, -0.0])),
    ),
    (
        "append nothing to an empty list",
        """
def f(out, n):
    for i in range(n):
        out.append(i)
    return len(out)
""",
        ([], 0),
    ),
    (
        "the list is returned, and is the same object",
        """
def f(out, n):
    for i in range(n):
        out.append(out[-1] + out[i])
    return out, out[0], len(out)
""",
        ([1, 1], 4),
    ),
    (
        "a NumPy scalar among floats",
        """
def f(out, x):
    for i in range(len(x)):
        out.append(x[i])
    return out[0], out[-1]
""",
        ([1.0, 2.0], np.array([0.5, -0.0])),
    ),
    (
        "a NumPy scalar replaces a float",
        """
def f(out, x):
    for i in range(len(x)):
        out[i] = x[i] * 2
    return out[0], out[-1]
""",
        ([1.0, 2.0, 3.0], np.array([0.5, -0.0])),
    ),
    (
        "an append under a condition that is never read again",
        """
def f(out, x):
    s = 0.0
    for i in range(len(x)):
        if x[i] > 0:
            out.append(i)
        s += x[i]
    return s
""",
        ([7], np.array([0.5, -1.0, 2.0])),
    ),
    (
        "pairs",
        """
def f(out, x):
    for i in range(len(x)):
        out.append((i, x[i]))
""",
        ([], np.array([0.5, -1.0, 2.0])),
    ),
    (
        "a queue",
        """
def f(q, x):
    s = 0.0
    for i in range(len(x)):
        q.insert(0, x[i])
        s += q.pop()
        for k in range(len(q)):
            s += q[k] * k
    return s
""",
        ([np.float64(0.25)] * 3, np.array([0.5, -1.0, 2.0])),
    ),
    (
        "insert at any place",
        """
def f(q, n):
    q.insert(1, 100)
    q.insert(-1, 200)
    q.insert(50, 300)
    q.insert(-50, 400)
    q.insert(n, 500)
    return len(q)
""",
        ([1, 2, 3], 2),
    ),
    (
        "pop from any place",
        """
def f(q, n):
    a = q.pop(0)
    b = q.pop(n)
    c = q.pop()
    q.append(9)
    return a, b, c, q[-1], len(q)
""",
        ([1, 2, 3, 4, 5], 1),
    ),
    (
        "pop from an empty list raises",
        """
def f(q, n):
    q.append(n)
    q.pop()
    return q.pop()
""",
        ([], 1),
    ),
    (
        "clear, reverse, sort",
        """
def f(a, b, c):
    a.clear()
    a.append(5)
    b.reverse()
    c.sort()
    c.append(0.5)
    return a[0], b[0], c[0]
""",
        ([1, 2], [1, 2, 3], [2.5, -1.0]),
    ),
    (
        "extend and augmented addition",
        """
def f(a, b):
    a.extend(b)
    a += b[1:]
    return len(a)
""",
        ([1, 2], [3, 4]),
    ),
    (
        "a list extended by itself",
        """
def f(a):
    a.extend(a)
    return a[-1]
""",
        ([1, 2],),
    ),
    (
        "a loop over a list that grows",
        """
def f(todo, n):
    s = 0
    for v in todo:
        s += v
        if len(todo) < n:
            todo.append(v + 1)
    return s
""",
        ([1], 5),
    ),
    (
        "a helper reads the list",
        """
def last(out):
    return out[-1] * 2
def f(out, n):
    for i in range(n):
        out.append(last(out) + i)
    return last(out)
""",
        ([1.5], 3),
    ),
    (
        "a comprehension over the list",
        """
def f(out, n):
    out.append(n)
    twice = [v * 2 for v in out]
    return sum(out), twice, max(out), out[1:], [v for v in out if v > 1]
""",
        ([1, 2], 3),
    ),
    (
        "nothing is changed if the kernel gives up",
        """
def f(out, x):
    for i in range(len(x) + 1):
        out.append(x[i])
""",
        ([0.5], np.array([1.0])),
    ),
]


def test_ints_that_leave_64_bits_are_left_to_python() -> None:
    source = """
def f(out, n):
    for i in range(n):
        out.append(out[-1] * out[-1])
"""
    assert_same_on_all_levels(source, [10**6], 5, gives_up=True)


DECLINED: list[tuple[str, str, tuple[Any, ...]]] = [
    (
        "a second name",
        """
def f(out, n):
    b = out
    b.append(n)
    return len(out)
""",
        ([1], 2),
    ),
    (
        "the name gets another list",
        """
def f(out, n):
    out.append(n)
    out = [n]
    out.append(n)
    return out
""",
        ([1], 2),
    ),
    (
        "one of two lists",
        """
def f(a, b, n):
    c = a if n > 1 else b
    c.append(n)
    a.append(n)
""",
        ([1], [2], 2),
    ),
    (
        "a tuple that holds the list",
        """
def f(out, n):
    t = (out, n)
    out.append(n)
    return t[0][0]
""",
        ([1], 2),
    ),
    (
        "a helper that appends to its argument",
        """
def push(a, v):
    a.append(v)
def f(out, n):
    push(out, n)
    return len(out)
""",
        ([1], 2),
    ),
    (
        "a list of rows",
        """
def f(t, n):
    t.append([n, n])
    return len(t)
""",
        ([[1, 2]], 2),
    ),
    (
        "a float in a list of ints",
        """
def f(out, n):
    out.append(n * 0.5)
""",
        ([1], 2),
    ),
]


@pytest.mark.parametrize(("source", "args"), [c[1:] for c in GROWN], ids=[c[0] for c in GROWN])
def test_lists_that_change_their_length(source: str, args: tuple[Any, ...]) -> None:
    assert_same_on_all_levels(source, *args)


@pytest.mark.parametrize(
    ("source", "args"), [c[1:] for c in DECLINED], ids=[c[0] for c in DECLINED]
)
def test_lists_that_are_left_alone(source: str, args: tuple[Any, ...]) -> None:
    assert refusal(source, *args).code.startswith("LW")
