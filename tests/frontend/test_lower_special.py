"""Functions of `scipy.special` on numbers and arrays, bit by bit on all levels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import CannotLower

from .levelled import assert_same_on_all_levels
from .lowering import by_kernel, by_python, program_for, refusal, same

IMPORTS = """
import scipy.special as sp
from scipy import special
from scipy.special import digamma, gammaln, logsumexp, polygamma, softmax
"""
RNG = np.random.default_rng(0)
VALUES: dict[str, Any] = {
    "x": np.array([0.0, -0.0, np.nan, np.inf, -np.inf, -2.0, 0.5, 3.25, -1.5, 1e-310, 171.7, 1e308]),
    "y": RNG.random(12), "a": RNG.random((3, 4)) * 5, "k": np.arange(1, 6), "q": 2.5, "n": 3,
    "t": np.float64(0.3), "short": np.ones(3, np.float32), "bytes": np.ones(3, np.int8), "flag": True,
    "none": np.empty(0), "lows": np.full(3, -np.inf), "high": np.array([np.inf, 1.0]),
    "u": np.uint64(2**63), "v": RNG.normal(size=200) * 30, "z": 1j, "i": np.int32(4),
}  # fmt: skip
EXACT = """
digamma(q); digamma(x); special.psi(t); gammaln(n); gammaln(a) + 1; sp.gamma(x); sp.gamma(-q); sp.erf(x)
sp.erfc(x); sp.expit(x); sp.logit(y); sp.logit(x); sp.xlogy(x, y); sp.xlogy(y, x); sp.xlogy(a, 2)
sp.xlogy(n, a); sp.betaln(y, q); sp.betaln(q, n); digamma(k); gammaln(u); digamma(none); digamma(i)
sp.ndtr(x); sp.ndtr(q); sp.log_ndtr(x); sp.ndtri(y); sp.entr(x); sp.i0(y); sp.i1(q); sp.j0(x); sp.j1(y)
sp.exprel(x); sp.erfcinv(y); sp.xlog1py(x, y); sp.beta(q, n); sp.binom(n, 2); sp.gammainc(q, y)
sp.gammaincc(y, q); sp.rel_entr(x, y); sp.kl_div(y, 0.5); sp.rel_entr(y, x)
gammaln([1.0, 2.0]); gammaln(a.T); digamma(a[0]) - digamma(a[0].sum()); sp.digamma(0)
"""
IN_NUMPYS_ORDER = """
logsumexp(v); logsumexp(lows); logsumexp(high); logsumexp(x); logsumexp(a); logsumexp(a, axis=0)
logsumexp(a, axis=1); logsumexp(a, 1); logsumexp(v, axis=0); logsumexp([1.0, 2.0]); logsumexp(x[:4])
logsumexp(a=v); softmax(v); softmax(x); softmax(a); softmax(a, axis=1); softmax(a, axis=0); softmax(lows)
softmax(a, axis=-1); softmax(none)
"""
NOT_COVERED = """
digamma(short); digamma(bytes); digamma(flag); polygamma(1, q); gammaln(x, out=x); digamma(z)
logsumexp(a, axis=1, keepdims=True); logsumexp(a, b=a); logsumexp(k); softmax(k); sp.comb(4, 2)
logsumexp(v, return_sign=True); sp.betaln(q); sp.xlogy(short, 2.0)
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
    assert_same_on_all_levels(source, *args)


@_cases(IN_NUMPYS_ORDER)
def test_compositions_are_computed_as_scipy_does(source: str, args: tuple[Any, ...]) -> None:
    want, got = by_python(source, args), by_kernel(source, args)
    assert (got.failed is None) == (want.failed is None), (got.failed, want.failed)
    assert want.failed is not None or same(got.result, want.result), (got.result, want.result)


@_cases(NOT_COVERED)
def test_other_types_and_forms_are_declined(source: str, args: tuple[Any, ...]) -> None:
    with pytest.raises(CannotLower):
        program_for(source, args)


def test_an_int_beyond_64_bits_is_left_to_scipy() -> None:
    source = f"{IMPORTS}\ndef f(n):\n    return digamma(n * n)\n"
    assert by_python(source, (10**10,)).failed is not None
    assert by_kernel(source, (10**10,)).failed is not None
    assert_same_on_all_levels(source, 10**6)


def test_of_nothing_the_versions_of_scipy_differ() -> None:
    source = f"{IMPORTS}\ndef f(x):\n    return logsumexp(x)\n"
    assert by_kernel(source, (np.empty(0),)).failed is not None


def test_a_name_of_the_module_is_no_function_of_scipy() -> None:
    source = """
from scipy.special import digamma

def digamma(x):
    return x + 1

def f(x):
    return digamma(x)
"""
    assert refusal(source, 1.5).code in ("LW102", "LW301")


def test_a_variable_may_have_the_name_of_an_import() -> None:
    source = f"""{IMPORTS}
def f(x):
    special = 0.0
    binding = 1.0
    for i in range(len(x)):
        c_psi = x[i] * binding
        special += digamma(c_psi) + i
    return special
"""
    assert_same_on_all_levels(source, np.array([0.5, 2.0, 3.5]))
