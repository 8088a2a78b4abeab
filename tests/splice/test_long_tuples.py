"""Tuples of numbers from outside, of any length."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.ir.types import FLOAT, INT, Num, RowOf, TupleOf
from loopwright.workload.codec import decode_type, encode_type
from loopwright.workload.types_of import type_of

from .dispatching import agrees, declined, guarded

SOURCE = """
import numpy as np

def polynomial(poly, x):
    return sum(c * (x**i) for i, c in enumerate(poly))

def horner(poly, x):
    t = 0.0
    for c in reversed(poly):
        t = t * x + c
    return t

def fitted(r, nr):
    log_r = [np.log(i) for i in r]
    log_nr = [np.log(i) for i in nr]
    cov = var = 0.0
    xm = sum(log_r) / len(log_r)
    ym = sum(log_nr) / len(log_nr)
    for x, y in zip(log_r, log_nr):
        cov += (x - xm) * (y - ym)
        var += (x - xm) ** 2
    return cov / var if var else 0.0

def averaged(r, nr):
    out = []
    for j in range(len(r)):
        i = r[j - 1] if j > 0 else 0
        k = 2 * r[j] - i if j == len(r) - 1 else r[j + 1]
        out.append(2 * nr[j] / (k - i))
    return out

def parts(t, k):
    n = 0
    for v in t[1:]:
        n += v if v in t[:k] else -v
    return n, min(t), max(t), sorted(t), t[-1], list(t)

def helper(t, k):
    return t[k] + len(t)

def through_helper(t):
    n = 0
    for k in range(len(t)):
        n += helper(t, k)
    return n

def as_array(t, x):
    y = np.array(t)
    for i in range(len(y)):
        x[i] += y[i] * 2.0
    return x.sum() + np.sum(t)

def whole(t):
    s = 0
    for v in t:
        s += v
    return t, s

def rest(t):
    s = 0
    for v in t:
        s += v
    return t[1:], s

def joined(t):
    s = 0
    for v in t + t:
        s += v
    return s

def as_index(a, t):
    s = 0.0
    for i in range(3):
        s += a[t] * i
    return s

def equal(t, x):
    s = 0
    for v in x:
        s += t == v
    return s

def grown(t):
    for i in range(3):
        t += (i,)
    return t

def repeated(t):
    s = 0
    for v in t * 2:
        s += v
    return s

def written(t):
    for i in range(3):
        t[i] = i
    return t

def list_of(t):
    out = []
    for v in range(3):
        out.append(t)
    return out
"""
LONG = tuple(float(v) for v in range(1, 30))
INTS = tuple(range(3, 40))


@pytest.mark.parametrize(
    ("name", "args", "others"),
    [
        ("polynomial", (LONG, 0.5), [(LONG[:17], 2.0), (LONG * 10, 0.25)]),
        ("horner", (LONG, 0.5), [(LONG * 3, 1.5)]),
        ("fitted", (INTS, LONG + LONG[:8]), []),
        ("averaged", (INTS, INTS), [(INTS[:20], INTS[:20])]),
        ("parts", (INTS, 5), [(INTS + INTS, 0), (INTS[::-1], -4)]),
        ("through_helper", (INTS,), []),
        ("as_array", (LONG, np.zeros(29)), []),
        ("as_index", (np.ones((1,) * 17), (0,) * 17), [(np.ones((1,) * 17), (-1,) * 17)]),
    ],
)
def test_the_kernel_runs_and_does_the_same(
    name: str, args: tuple[Any, ...], others: list[tuple[Any, ...]]
) -> None:
    case = guarded(SOURCE, name, *args)
    for each in (args, *others):
        assert agrees(case, *each)


@pytest.mark.parametrize(
    "other",
    [
        list(LONG),
        (),
        (*LONG, 1),
        (*LONG, "x"),
        (*LONG, None),
        np.array(LONG),
        (*LONG, np.float64(1)),
    ],
    ids=["a list", "empty", "an int", "a text", "None", "an array", "a NumPy number"],
)
def test_what_is_no_such_tuple_is_left_to_python(other: Any) -> None:
    case = guarded(SOURCE, "horner", LONG, 0.5)
    if isinstance(other, tuple) and not other:
        assert agrees(case, other, 0.5)
    elif isinstance(other, tuple) and not all(type(v) is float for v in other):
        taken, _ = case.fast(other, 0.5) if isinstance(other[-1], (int, float)) else (False, None)
        assert not taken
    else:
        assert not agrees(case, other, 0.5)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("whole", (INTS,)),
        ("rest", (INTS,)),
        ("joined", (INTS,)),
        ("equal", (INTS, [1, 2])),
        ("grown", (INTS,)),
        ("repeated", (INTS,)),
        ("written", (INTS,)),
        ("list_of", (INTS,)),
    ],
)
def test_what_else_is_done_with_them_is_declined(name: str, args: tuple[Any, ...]) -> None:
    assert declined(SOURCE, name, *args).code.startswith("LW")


def test_the_type_is_that_of_the_items() -> None:
    assert type_of(LONG) == RowOf(FLOAT)
    assert type_of(tuple(np.arange(20.0))) == RowOf(Num("float64"))
    assert type_of((1, 2.0)) == TupleOf((INT, FLOAT))
    assert type_of((*LONG, 1)) is None
    assert decode_type(encode_type(RowOf(INT))) == RowOf(INT)


def test_one_number_for_each_axis_is_an_index() -> None:
    a, t = np.arange(2.0**17).reshape((2,) * 17), (0, 1) * 8 + (1,)
    case = guarded(SOURCE, "as_index", a, t)
    assert agrees(case, a, t)
    assert not agrees(case, a, t[1:])
