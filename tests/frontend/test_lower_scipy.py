"""Functions of `scipy.linalg` and `scipy.stats.norm`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import by_kernel, by_python, refusal, same

IMPORTS = """
import scipy.linalg as sl
import scipy.stats
from scipy import linalg, stats
from scipy.linalg import solve
from scipy.stats import norm
"""
RNG = np.random.default_rng(0)
_A = RNG.normal(size=(4, 4))
VALUES: dict[str, Any] = {
    "s": _A @ _A.T, "b": RNG.normal(size=4), "m": RNG.normal(size=(4, 2)), "z": np.zeros((4, 4)),
    "nans": np.array([1.0, np.nan, 2.0, 3.0]), "q": 2.5, "n": 3, "infs": np.array([np.inf, -np.inf, 0.0]),
    "huge": np.full(3, 1e200), "k": np.arange(1, 5), "none": np.empty(0),
}  # fmt: skip
EXACT = """
norm.pdf(q); norm.pdf(b, 0.5, 2); norm.logpdf(b); norm.cdf(b, loc=1); norm.sf(m, 1, q); norm.pdf(b, b, 2.0)
stats.norm.cdf(n); norm.pdf(nans); norm.cdf(infs); norm.logpdf(infs, 0.0, 3); scipy.stats.norm.pdf(k)
norm.sf(infs); norm.logpdf(n, scale=n); norm.pdf(none)
"""
CLOSE = """
linalg.inv(s); linalg.det(s); sl.solve(s, b); solve(s, m); linalg.cholesky(s); linalg.norm(b)
linalg.norm(z[0]); linalg.cholesky(s, lower=True); linalg.eigvalsh(s); sl.solve_triangular(s, b, lower=True)
sl.solve_triangular(s, m); sl.cho_solve((linalg.cholesky(s), False), b); scipy.linalg.inv(s)
sl.cho_solve((linalg.cholesky(s, lower=True), True), m); linalg.cholesky(np.triu(s)); solve(s, k)
solve(s, b, assume_a="pos"); sl.solve(np.triu(s), m, assume_a="pos"); solve(s, b, check_finite=False)
"""
RAISES = """
linalg.inv(z); linalg.solve(s, nans); linalg.norm(nans); sl.solve_triangular(z, b); linalg.cholesky(-s)
sl.solve_triangular(s, b[1:]); solve(-s, b, assume_a="pos")
"""
LEFT_TO_SCIPY = """
norm.pdf(3, 1, -1); linalg.norm(huge); norm.cdf(q, 0, np.nan); linalg.inv(np.outer(b, b) + 1e-17 * s)
"""
NOT_COVERED = """
linalg.pinv(s); norm.ppf(q); linalg.norm(s); linalg.eigh(s); norm.pdf(b, 0.0, b); norm.pdf(q, 1j)
linalg.inv(s, overwrite_a=True); sl.solve_triangular(s, b, 1); stats.norm.fit(b); linalg.cho_factor(s)
solve(s, b, assume_a="sym")
"""


def _cases(text: str) -> Any:
    found = []
    for expression in (e.strip() for line in text.split("\n") for e in line.split(";")):
        if expression:
            names = [n for n in VALUES if n in compile(expression, "test", "eval").co_names]
            source = f"{IMPORTS}\ndef f({', '.join(names)}):\n    r = {expression}\n    return r\n"
            found.append(pytest.param(source, tuple(VALUES[n] for n in names), id=expression))
    return pytest.mark.parametrize(("source", "args"), found)


@_cases(EXACT)
def test_every_bit_is_scipys(source: str, args: tuple[Any, ...]) -> None:
    want, got = by_python(source, args), by_kernel(source, args)
    assert want.failed is None and got.failed is None, (want.failed, got.failed)
    assert same(got.result, want.result), (got.result, want.result)


@_cases(CLOSE)
def test_other_routines_of_lapack_round_otherwise(source: str, args: tuple[Any, ...]) -> None:
    want, got = by_python(source, args), by_kernel(source, args)
    assert want.failed is None and got.failed is None, (want.failed, got.failed)
    assert np.shape(got.result) == np.shape(want.result)
    np.testing.assert_allclose(got.result, want.result, rtol=1e-11, atol=1e-13)


@_cases(RAISES)
def test_where_scipy_raises_the_kernel_gives_up(source: str, args: tuple[Any, ...]) -> None:
    assert by_python(source, args).failed is not None
    assert by_kernel(source, args).failed is not None


@pytest.mark.filterwarnings("ignore")
@_cases(LEFT_TO_SCIPY)
def test_where_scipy_goes_its_own_way_the_kernel_gives_up(
    source: str, args: tuple[Any, ...]
) -> None:
    assert by_python(source, args).failed is None
    assert by_kernel(source, args).failed is not None


@_cases(NOT_COVERED)
def test_other_functions_and_forms_are_refused(source: str, args: tuple[Any, ...]) -> None:
    assert refusal(source, *args).code == "LW102"
