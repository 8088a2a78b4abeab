"""Ufuncs that are told where their result goes, and functions that are applied row by row."""

from __future__ import annotations

import numpy as np
import pytest

from ..splice.dispatching import agrees, guarded
from .lowering import assert_same, refusal

RNG = np.random.default_rng(0)
ARGS = (RNG.normal(size=11), RNG.normal(size=11), RNG.normal(size=(5, 4)), np.arange(12), 3)
HELPERS = """
import numpy as np
def spread(q):
    return q.max() - q.min()
def scaled(q, n):
    t = 0.0
    for v in q:
        t += v * n
    return t
def f(x, y, a, k, n):
    {}
    return r
"""
SAME = """
r = np.divide(x, y, out=np.zeros_like(x), where=y > 0)
r = np.divide(1.0, x, out=np.zeros_like(x), where=x != 0)
r = np.multiply(x, y, out=x)
np.log(x, out=x, where=x > 0); r = 1
r = np.add(x, 1, out=np.zeros(5), where=True)
r = np.add(x, 1, out=np.zeros(20), where=x > 0)
r = np.divide(a, a.sum(axis=1, keepdims=True), out=np.full(a.shape, -1.0), where=a > 0)
r = np.divide(a, x[:5, None], out=a)
np.maximum(x, 0, out=x); r = 2
z = np.empty(11); np.subtract(x, y, out=z); r = z
np.add(x[1:], x[:-1], out=x[1:]); r = 3
np.add(x[0], 1.0, out=x); r = 3
r = np.apply_along_axis(spread, 1, a)
r = np.apply_along_axis(lambda q: q.max() - q.min(), 0, a)
r = np.apply_along_axis(scaled, 1, a, n)
r = np.apply_along_axis(np.sum, 1, a)
r = np.apply_along_axis(lambda q: len(q), 1, a)
r = np.apply_along_axis(lambda q: np.argmax(q), -1, a)
z = a[:0]; r = np.apply_along_axis(spread, 1, z)
r = np.apply_along_axis(lambda q: q * 2 - q.sum(), 1, a)
r = np.apply_along_axis(lambda q: q * 2 - q.sum(), 0, a)
r = np.apply_along_axis(lambda q: [q.max(), q.min(), 1.5], 1, a)
r = np.apply_along_axis(lambda q: [q.max(), q.min(), 1.5], 0, a)
r = np.apply_along_axis(lambda q: [len(q), 2], 0, a)
r = np.apply_along_axis(lambda q: [1, 2.5], 1, a)
r = np.apply_along_axis(lambda q: [1, q.sum()], 0, a)
r = np.apply_along_axis(lambda q: [1, 2.5 if q is None else 3.5, *q], 0, a)
"""
DECLINED = """
r = np.add(x, y, where=x > 0)
r = np.divide(k, 2, out=k)
r = np.add(x, y, out=None)
r = np.add(x, y, out=x, where=k[1:])
r = np.add(x, y, out=np.zeros(11))
r = np.apply_along_axis(spread, 0, x)
r = np.apply_along_axis(spread, 1, a * 2)
"""


@pytest.mark.parametrize("line", SAME.strip().splitlines())
def test_the_kernel_does_what_numpy_does(line: str) -> None:
    with np.errstate(all="ignore"):
        assert_same(HELPERS.format(line), *ARGS)


@pytest.mark.parametrize("line", DECLINED.strip().splitlines())
def test_other_forms_are_refused(line: str) -> None:
    assert refusal(HELPERS.format(line), *ARGS).code == "LW102"


@pytest.mark.parametrize("made", ["7 if q[0] > 2 else q[0]", "[1, 7 if q[0] > 2 else q[0]]"])
def test_the_first_result_tells_the_dtype_of_all(made: str) -> None:
    source = f"""
import numpy as np
def f(a):
    return np.apply_along_axis(lambda q: {made}, 1, a)
"""
    case = guarded(source, "f", np.ones((3, 2)))
    assert agrees(case, np.array([[0.5, 1.0], [9.0, 1.0], [1.5, 2.0]]))
    assert not agrees(case, np.array([[9.0, 1.0], [0.5, 1.0], [1.5, 2.0]]))
    assert not agrees(case, np.empty((0, 2)))
