"""Arithmetic, conditions and assignments of numbers, against CPython."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .levelled import assert_same_on_all_levels
from .lowering import assert_same

X = np.array([0.5, -1.25, 3.0, 2.75, -0.0, 8.5])
N = np.array([3, -1, 4, 1, -5, 9])

CASES: list[tuple[str, str, tuple[Any, ...]]] = [
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
]


@pytest.mark.parametrize(("source", "args"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_kernel_does_what_the_function_does(source: str, args: tuple[Any, ...]) -> None:
    assert_same(source, *args)


def test_a_root_of_a_negative_number_of_numpy_is_nan_on_every_level() -> None:
    source = """
def f(x: Any, n: int):
    t = 0.0
    for i in range(n):
        t += np.int32(-3) ** 0.5 + x[i]
    return t
"""
    assert_same_on_all_levels(source, X, 2)
