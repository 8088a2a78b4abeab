"""Lists given from outside: of NumPy scalars, changed in place, growing; on all levels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .levelled import assert_same_on_all_levels

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
