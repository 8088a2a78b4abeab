"""Functions of NumPy that are compiled from Python text, against NumPy bit by bit."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import CannotLower
from loopwright.frontend.lower_along import library_names
from loopwright.frontend.lower_values import Closure

from .lowering import by_kernel, by_python, program_for, same

RNG = np.random.default_rng(5)
X, Y = RNG.normal(size=11), RNG.normal(size=11)
S = np.sort(Y)
A, B = RNG.normal(size=(5, 4)), RNG.normal(size=(5, 4))
K = RNG.integers(0, 5, 12)
NAN = np.array([2.0, np.nan, 1.0, np.nan])
INF = np.array([np.inf, 1.0, -np.inf, 3.0])
VALUES: dict[str, Any] = {
    "x": X, "y": Y, "s": S, "a": A, "b": B, "k": K, "nans": NAN, "infs": INF, "none": np.empty(0),
    "one": np.array([4.5]), "q": np.array([0.0, 0.25, 1.0]), "n": 7, "t": (2, 3), "neg": -A,
    "ties": np.array([1.0, 3.0, 1.0, 2.0]), "flat": A.T, "empty": np.empty((0, 3)),
    "zeros": np.array([0.0, -0.0, 1.0]),
}  # fmt: skip

EXACT = """
np.interp(x, s, y); np.interp(0.3, s, y); np.interp(n, s, y); np.interp(nans, s, y)
np.interp(infs, s, y); np.interp(x, one, one); np.interp(s, s, y); np.interp(x, k.astype(float) * 0 + 1, k)
np.interp(x, s[:3], y[:3]); np.interp(x, y, x); np.interp(np.nan, s, y)
np.quantile(x, 0.3); np.quantile(x, 0.0); np.quantile(x, 1); np.quantile(one, 0.5); np.quantile(x, q)
np.quantile(nans, 0.5); np.quantile(infs, 0.9); np.quantile(a, 0.3, axis=0); np.quantile(a, 0.3, axis=-1)
np.percentile(x, 30); np.percentile(x, 97.5); np.percentile(x, q * 100); np.quantile(x, [0.1, 0.5])
np.median(x); np.median(x[1:]); np.median(nans); np.median(infs); np.median(a); np.median(a, axis=0)
np.median(a, axis=1); np.median(flat); np.median(one)
np.sort(x); np.sort(nans); np.sort(infs); np.sort(a, axis=0); np.sort(a); np.sort(none); np.sort(k)
np.argsort(a, axis=1); np.argsort(a, axis=0, kind="stable"); np.argsort(x)
np.argsort(a, axis=None); np.sort(a, None); np.argsort(x, None); np.sort(flat, axis=None)
a.argsort(None)
np.unique(x); np.unique(k); np.unique(nans); np.unique(none); np.unique(k, return_counts=True)
np.unique(x, return_inverse=True); np.unique(k, return_inverse=True)
np.searchsorted(s, x); np.searchsorted(s, nans); np.searchsorted(s, s, side="right"); s.searchsorted(0.2)
np.digitize(x, s); np.digitize(x, s, right=True)
np.flip(a, axis=0) + 0; np.flip(a) * 1; np.flipud(a) + 0; np.fliplr(a) + 0; np.flip(x) + 0
np.tile(x, 2); np.tile(a, (2, 1)); np.tile(x, (2, 1)); np.tile(a, 2); np.tile(x, 0)
np.repeat(x, 3); np.repeat(a, 2); np.repeat(a, 2, axis=1); np.repeat(a, 2, axis=-2); x.repeat(2)
np.diff(x, n=2); np.diff(a, axis=0); np.diff(a, axis=1); np.diff(k); np.diff(x, n=20); np.diff(a, n=2, axis=0)
np.column_stack([x, y]); np.column_stack((a, b)); np.append(x, y); np.append(x, 3); np.append(k, 3)
np.append(a, x)
np.unravel_index(n, (2, 3, 4)); np.unravel_index(np.argmax(a), a.shape)
np.unravel_index(np.argmin(x), x.shape)
np.unravel_index(k % 12, (3, 4)); a[np.unravel_index(np.argsort(a, axis=None), a.shape)]
np.unravel_index(k[:0], (3, 4)); np.unravel_index(k.reshape(1, -1) % 24, (2, 3, 4))
np.unravel_index(k % 5, 5)
np.ravel_multi_index((1, 2), (3, 4)); np.ravel_multi_index(t, (4, n))
np.nonzero(x > 0); np.nonzero(a > 0); np.where(a > 0); np.where(x > 0)[0]; np.argwhere(a > 0)
np.argwhere(x > 0); np.argwhere(a > 100); x.nonzero()[0]; np.where(nans)
np.isclose(x, y); np.isclose(x, x + 1e-9); np.isclose(nans, nans); np.isclose(nans, nans, equal_nan=True)
np.isclose(infs, infs); np.isclose(0.1, 0.1 + 1e-12); np.isclose(x, 0.5, rtol=0.5, atol=0.1)
np.allclose(x, y); np.allclose(a, a); np.allclose(nans, nans); np.allclose(1, 1.0); np.allclose(none, none)
np.array_equal(x, y); np.array_equal(x, x); np.array_equal(x, x[1:]); np.array_equal(x, a)
np.array_equal(nans, nans)
np.average(x); np.average(x, weights=y); np.average(a, axis=0); np.average(a, axis=1, weights=x[:4])
np.average(a, axis=0, weights=x[:5])
np.trapezoid(y, s); np.trapezoid(y); np.trapezoid(y, dx=0.1); np.gradient(x); np.gradient(x, 0.5)
np.polyval(x, 0.5); np.polyval(x, y)
np.meshgrid(x, y); np.meshgrid(x, k, indexing="ij"); np.kron(a, b); np.cross(x[:3], y[:3])
np.isin(k, k[:3]); np.isin(x, none); np.take_along_axis(a, np.argsort(b, axis=1, kind="stable"), axis=1)
np.take_along_axis(a, np.argsort(b, axis=0, kind="stable"), axis=0)
np.take(x, k); x.take(k); np.take(a, k.reshape(3, 4) % 4, axis=0); np.take(a, (k[:3] % 5,), axis=0)
np.take(x, k.reshape(4, 3))
 np.take(a, k % 4, axis=1); a.take(k)
np.pad(x, 2); np.pad(a, 1); np.pad(a, ((1, 2), (0, 3))); np.pad(x, (1, 2)); np.pad(x, 1, constant_values=2.5)
np.pad(a, (1, 2)); np.pad(k, 1); np.pad(x, 0); np.pad(a[None], 1)
np.pad(a[:, None], ((0, 1), (1, 2), (3, 0)))
np.pad(a[None, :, :, None], ((0, 0), (1, 2), (0, 3), (0, 1)), mode="constant", constant_values=2)
np.nansum(nans); np.nanmean(nans); np.nanmax(nans); np.nanmin(x); np.nan_to_num(nans); np.nan_to_num(infs)
np.squeeze(a[:1], axis=0) + 0; a[:, :1].squeeze(axis=1) + 0; np.swapaxes(a, 0, 1) + 0
np.moveaxis(a, 0, 1) + 0
a.swapaxes(0, -1) + 0; np.atleast_2d(x) + 0; np.atleast_2d(a) + 0; np.ascontiguousarray(a + 1)
x.tolist(); a.tolist(); k.tolist(); none.tolist(); (x > 0).tolist(); x.item(2); x.item(-1); x.sum().item()
one.item(); a.item(7)
np.round(x, 2); x.round(3); np.round(x, -1); np.round(0.125, 2); np.round(x)
np.linalg.norm(a, "fro"); np.subtract.outer(x, y); np.multiply.outer(k, k); np.add.outer(x, k)
np.size(a), np.shape(a), np.ndim(a)
np.finfo(float).eps, np.finfo(np.float32).max, np.iinfo(np.int64).max, np.iinfo(np.int8).min
"""
CLOSE = """
np.cov(a); np.cov(a, rowvar=False); np.cov(x, y); np.cov(a, ddof=0); np.cov(a, bias=True); np.corrcoef(a)
np.corrcoef(x, y); np.corrcoef(a, rowvar=False); np.cov(a.T)
np.convolve(x, y); np.convolve(x, y[:3]); np.convolve(x[:3], y); np.convolve(x, y, "same")
np.convolve(x, y[:4], mode="same"); np.convolve(x, y[:3], "valid"); np.convolve(x[:2], y, "valid")
"""
RAISES = """
np.pad(a[None], -1); np.pad(a[None, None], -1)
np.interp(x, none, none); np.interp(x, s, y[1:]); np.quantile(x, 1.5); np.quantile(x, -0.1)
np.quantile(none, 0.5); np.unravel_index(24, (2, 3, 4)); np.unravel_index(-1, (2, 3))
np.ravel_multi_index((3, 2), (3, 4)); np.ravel_multi_index((-1, 2), (3, 4)); np.take(x, k + 20)
np.average(x, weights=y * 0); np.average(x, weights=y[1:]); np.trapezoid(y, s[1:]); np.gradient(one)
np.squeeze(a, axis=0) + 0; np.pad(x, -1); np.repeat(x, -1); x.item(20); x.item(); np.convolve(x, none)
np.cov(x, y[1:]); np.column_stack([x, y[1:]]); np.quantile(x, np.nan); np.isclose(x, y[1:])
np.array_equal(x, y)[0]; np.digitize(x, y); np.unravel_index(0, (0, 3))
np.unravel_index(k, (2, 1)); np.unravel_index(-1 - k % 3, (9, 9))
"""
LEFT_TO_NUMPY = """
np.searchsorted(x, y); np.nanmean(nans[1:2]); np.median(none); np.nanmax(zeros[:2])
np.unique(nans, return_counts=True)
"""
NOT_COVERED = """
np.argpartition(x, 3); np.partition(x, 3); np.quantile(x, 0.3, method="lower"); np.quantile(x > 0, 0.3)
np.squeeze(a[:1]); np.convolve(x, y, "other"); np.cross(a, b); np.cov(x)
np.finfo(float).dtype; np.unravel_index(x, (3, 4)); np.repeat(x, x)
np.diff(a, axis=None); np.take_along_axis(a, k, None); np.ascontiguousarray(a.T)
np.nonzero(a[None]); np.take(x, 3); np.interp(a, s, y); np.median(x > 0); np.nan_to_num(k); np.isin(x, k)
np.meshgrid(x); np.column_stack(a); np.average(a, weights=x); np.average(a, axis=0, weights=b)
"""


def expressions(text: str) -> list[str]:
    return [e.strip() for line in text.split("\n") for e in line.split(";") if e.strip()]


def function_of(expression: str) -> tuple[str, tuple[Any, ...]]:
    tree = compile(expression, "test", "eval")
    names = [n for n in VALUES if n in tree.co_names]
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


@pytest.mark.parametrize("expression", expressions(RAISES))
def test_where_numpy_raises_the_kernel_gives_up(expression: str) -> None:
    source, args = function_of(expression)
    assert by_python(source, args).failed is not None
    try:
        assert by_kernel(source, args).failed is not None
    except CannotLower as refused:
        assert refused.declined.code in ("LW102", "LW103")


@pytest.mark.parametrize("expression", expressions(LEFT_TO_NUMPY))
def test_where_the_result_is_up_to_numpy_the_kernel_gives_up(expression: str) -> None:
    source, args = function_of(expression)
    with warnings.catch_warnings(action="ignore"):
        assert by_python(source, args).failed is None
    assert by_kernel(source, args).failed is not None


@pytest.mark.parametrize("expression", expressions(NOT_COVERED))
def test_other_forms_are_refused_at_the_call(expression: str) -> None:
    source, args = function_of(expression)
    with pytest.raises(CannotLower) as caught:
        program_for(source, args)
    assert caught.value.declined.code.startswith("LW1")
    assert caught.value.declined.at.line == 2


def test_names_of_the_module_do_not_reach_the_library() -> None:
    source = "def len(x):\n    return 0\ndef f(x):\n    return np.median(x)\n"
    got = by_kernel(source, (X,))
    assert got.failed is None and got.result == np.median(X)


def test_the_library_holds_functions_only() -> None:
    functions = {n: v for n, v in library_names().items() if n not in ("np", "math")}
    assert all(isinstance(v, Closure) and v.library for v in functions.values())
    assert "median_1" in functions


def test_an_array_is_sorted_in_place() -> None:
    source = "def f(x):\n    x.sort()\n    return x[0]\n"
    got = by_kernel(source, (X,))
    assert same(got.args[0], np.sort(X)) and got.result == X.min()
