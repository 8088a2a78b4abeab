"""Sets of numbers, elements put in and taken out, positions, padding: against NumPy bit by bit."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from .lowering import by_kernel, by_python, refusal, same

RNG = np.random.default_rng(6)
VALUES: dict[str, Any] = {
    "x": RNG.normal(size=11), "y": RNG.normal(size=11), "a": RNG.normal(size=(5, 4)),
    "k": RNG.integers(0, 5, 12), "none": np.empty(0), "one": np.array([4.5]), "n": 7,
    "nans": np.array([2.0, np.nan, 1.0, np.nan]), "zeros": np.array([0.0, -0.0, 1.0]),
    "ties": np.array([1.0, 3.0, 1.0, 2.0]), "at": np.array([4, 0, -1]),
}  # fmt: skip

EXACT = """
np.setdiff1d(k, k[:3]); np.intersect1d(k, k[:4]); np.union1d(k, k + 3); np.setxor1d(k, k + 2)
np.setdiff1d(x, x[:3]); np.intersect1d(x, np.sort(x)); np.setdiff1d(none, x); np.union1d(none, none)
np.isin(k, k[:2], invert=True); np.isin(k, k[:0]); np.isin(zeros, zeros[:1])
np.lexsort((x, y)); np.lexsort((k[:11], y, x)); np.lexsort((y, k[:11]))
np.unique(k, return_index=True); np.unique(x, return_index=True); np.unique(zeros, return_index=True)
np.unique(k, return_index=True, return_inverse=True, return_counts=True); np.unique(k, axis=0)
np.unique(x, return_inverse=True, return_counts=True); np.unique(k.reshape(6, 2), axis=0)
np.unique(ties, return_index=True, return_counts=True)
np.insert(x, 0, 1.5); np.insert(x, -1, 2); np.insert(x, n, 1.0); np.insert(k, 2, 7); np.insert(a, 3, 1.0)
np.insert(x, 3, y); np.insert(k, -2, [7, 8]); np.insert(x, n, k); np.insert(x, 2, x); np.insert(a, 3, y)
np.insert(x, at, 1.0); np.insert(x, at, y[:3]); np.insert(k, [2, 2, 0], [1, 2, 3]); np.insert(x, (n,), y)
np.insert(k, at[1:2], 7); np.insert(x, k[:0], 1.5); np.insert(none, [0, 0], 2.0); np.insert(none, 0, y)
np.insert(a, 2, 1.5, axis=0); np.insert(a, -1, y[:4], axis=0); np.insert(a, 5, a[1:3], axis=0)
np.insert(a, 0, n, axis=1); np.insert(a, 4, y[:5], axis=1); np.insert(a, -2, k[:5], axis=-1)
np.delete(x, 0); np.delete(x, -1); np.delete(a, 1, axis=0); np.delete(a, 1, axis=1); np.delete(a, n)
np.delete(x, [1, 3]); np.delete(x, at); np.delete(x, x > 0); np.delete(a, at[1:], axis=0)
np.compress(x > 0, y); np.extract(x > 0, y); np.compress(k[:3], y)
np.maximum.accumulate(x); np.minimum.accumulate(nans); np.maximum.accumulate(none)
np.maximum.accumulate(k)
np.triu_indices(4); np.triu_indices(n, k=1); np.tril_indices(4, -1); np.triu_indices(3, m=5)
np.tril_indices_from(a, k=1); np.diag_indices(n); np.triu_indices(0)
np.pad(x, 2, mode="edge"); np.pad(x, (1, 3), mode="reflect"); np.pad(x, 2, "symmetric")
np.pad(x, (4, 2), mode="wrap"); np.pad(x[:3], 8, mode="symmetric"); np.pad(one, 3, mode="reflect")
np.pad(a, ((2, 2), (0, 0)), mode="edge"); np.pad(a, 1, mode="reflect"); np.pad(none, 0, mode="edge")
np.pad(a, ((7, 0), (2, 9)), "symmetric"); np.pad(x[:4], 20, mode="reflect")
np.pad(x[:4], (17, 3), mode="wrap"); np.pad(x[:2], (9, 11), mode="reflect")
a[np.ix_([0, 2], [1, 3])]; a[np.ix_(k[:3], k[3:5] % 4)]; a[np.ix_(np.where(x[:5] > 0)[0], [0, 1])].sum()
a[[n - 5, np.argmax(x[:3])]]; np.array([n, np.argmax(x)]); [i for i in range(n)[::-1]]
np.r_[x, 1.0, y]; np.r_[x, n]; np.r_[k, 3]; np.c_[x, y]; np.c_[a, x[:5]]; np.r_[0, x]
np.r_[0:n]; np.r_[0:n, n + 1:5]; np.r_[:3, x]; np.r_[5:0:-2]; np.r_[k, n:n]; np.r_[2:n]
np.mgrid[0:3, 0:n]; np.mgrid[-2:3, 0:n:2]; np.ogrid[0:3, 0:4]
np.nanmedian(nans); np.nanmedian(x); np.nanpercentile(nans, 30); np.nanquantile(a, 0.3); np.nanargmax(nans)
np.nanargmin(nans); np.nanvar(nans); np.nanstd(x, ddof=1); np.nanstd(a); np.nanargmax(a)
np.diag(a) * 2; np.diag(a, k=1) + 1; np.diagonal(a) * 1; a.diagonal() * 2; np.sqrt(np.diag(a * a))
np.diag(a[:3]).sum(); np.diag(a).sum(); a.diagonal().max(); np.diag(a * 2, -1)
"""
CLOSE = """
np.correlate(x, y); np.correlate(x, y[:3]); np.correlate(x[:3], y); np.correlate(x, y[:3], "full")
np.correlate(x[:4], y, mode="full"); np.correlate(x, y[:4], "same"); np.correlate(x[:4], y, "same")
np.correlate(x[:3], y, "same")
"""
RAISES = """
np.mgrid[3:0, 0:2]; np.correlate(x, none); np.nanargmax(nans[1:2]);
np.delete(x, 11); np.delete(x, -12); np.insert(x, 12, 0.0); np.pad(none, 1, mode="edge"); np.delete(x, at * 9)
np.pad(x, -1, mode="wrap"); np.lexsort((x, y[1:])); np.compress(a[0] > -9, none); np.delete(x, at > 0)
np.insert(x, [0, 12], 1.0); np.insert(x, at, y[:2]); np.insert(a, 6, 1.0, axis=0); np.insert(x, -12, y)
np.insert(a, 1, y, axis=0); np.insert(a, 1, a[:, :3], axis=0); np.insert(a, 1, y, axis=1)
"""
LEFT_TO_NUMPY = """
np.union1d(zeros, zeros); np.nanmedian(nans[1:2]); np.nanstd(one, ddof=1)
np.insert(x, at, [1.0]); np.insert(a, 1, [2.0], axis=0); np.insert(x, [-12, 0], 1.0)
np.setdiff1d(nans, x); np.unique(zeros, return_inverse=True, return_counts=True)
"""
STATEMENTS = """
np.fill_diagonal(a, 0.0); np.fill_diagonal(a.T, n); np.add.at(x, k, 1.0); np.add.at(x, k, y[k])
np.add.at(a, (k % 5, k % 4), 2); np.put(x, k, 1); np.put(x, at, y[at]); np.add.at(k, k, 1)
np.add.at(x, at, 0.5); np.put(k, k, 9); np.add.at(k, k[::-1], k)
"""
NOT_COVERED = """
np.unique(a, axis=0); np.setdiff1d(x, k); np.insert(k, [0, 1], 1.5); np.insert(k, 0, 1.5); np.delete(a, at, 1)
np.setdiff1d(k, k, assume_unique=True); np.add.at(k, k, 1.5); np.lexsort(a); np.pad(a[None], 1, mode="edge")
np.diag(a, 1).sum(); np.diag(a[None]); np.nanmedian(a, axis=0); np.maximum.accumulate(a)
np.insert(k, 0, x); np.insert(x, x > 0, 1.0); np.insert(a, at, 1.0, axis=0); np.insert(a.T, 1, 1.0, axis=0)
np.put(a, at, 1.0); np.argpartition(x, 3); np.pad(x, 1, mode="mean")
"""


def expressions(text: str) -> list[str]:
    return [e.strip() for line in text.split("\n") for e in line.split(";") if e.strip()]


def function_of(expression: str) -> tuple[str, tuple[Any, ...]]:
    names = [n for n in VALUES if n in compile(expression, "test", "eval").co_names]
    source = f"def f({', '.join(names)}):\n    r = {expression}\n    return r\n"
    return source, tuple(VALUES[n] for n in names)


@pytest.mark.parametrize("expression", expressions(EXACT))
def test_every_bit_is_numpys(expression: str) -> None:
    source, args = function_of(expression)
    want, got = by_python(source, args), by_kernel(source, args)
    assert want.failed is None and got.failed is None, (want.failed, got.failed)
    assert same(got.result, want.result), (got.result, want.result)
    assert same(got.args, want.args)


@pytest.mark.parametrize("expression", expressions(CLOSE))
def test_products_are_summed_in_some_order(expression: str) -> None:
    source, args = function_of(expression)
    want, got = by_python(source, args), by_kernel(source, args)
    assert got.failed is None
    assert np.shape(got.result) == np.shape(want.result)
    np.testing.assert_allclose(got.result, want.result, rtol=1e-13, atol=1e-15)


def test_a_diagonal_sees_what_becomes_of_the_matrix() -> None:
    source = "def f(a):\n    d = np.diag(a)\n    a[1, 1] = 7.0\n    return d.sum()\n"
    args = (np.arange(6.0).reshape(2, 3),)
    assert by_kernel(source, args).result == by_python(source, args).result == 7.0


def test_rows_that_trade_places() -> None:
    source = """
def f(a):
    for i in range(4)[::-1]:
        p = i + np.argmax(np.abs(a[i:, i]))
        a[[i, p]] = a[[p, i]]
        a[i] /= a[i, i]
    return a.sum()
"""
    args = (VALUES["a"],)
    want, got = by_python(source, args), by_kernel(source, args)
    assert same(got.args, want.args) and got.failed is None


@pytest.mark.parametrize("expression", expressions(STATEMENTS))
def test_arrays_are_changed_in_place(expression: str) -> None:
    source, args = function_of(expression)
    source = source.replace("r = ", "").replace("return r", "return 0")
    want, got = by_python(source, args), by_kernel(source, args)
    assert want.failed is None and got.failed is None, (want.failed, got.failed)
    assert same(got.args, want.args), (got.args, want.args)


@pytest.mark.parametrize("expression", expressions(RAISES))
def test_where_numpy_raises_the_kernel_gives_up(expression: str) -> None:
    source, args = function_of(expression)
    assert by_python(source, args).failed is not None
    assert by_kernel(source, args).failed is not None


@pytest.mark.parametrize("expression", expressions(LEFT_TO_NUMPY))
def test_where_the_result_is_up_to_numpy_the_kernel_gives_up(expression: str) -> None:
    source, args = function_of(expression)
    with warnings.catch_warnings(action="ignore"):
        assert by_python(source, args).failed is None
    assert by_kernel(source, args).failed is not None


@pytest.mark.parametrize("expression", expressions(NOT_COVERED))
def test_other_forms_are_refused(expression: str) -> None:
    source, args = function_of(expression)
    assert refusal(source, *args).code in ("LW102", "LW103", "LW111")
