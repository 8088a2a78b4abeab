"""Functions of `scipy.spatial.distance`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import CannotLower

from .lowering import by_kernel, by_python, program_for

IMPORTS = """
import scipy.spatial.distance as ssd
from scipy.spatial import distance
from scipy.spatial.distance import cdist, euclidean, pdist
"""
RNG = np.random.default_rng(0)
VALUES: dict[str, Any] = {
    "u": RNG.normal(size=7), "v": RNG.normal(size=7), "a": RNG.normal(size=(6, 3)), "none": np.empty(0),
    "b": RNG.normal(size=(4, 3)), "n": np.array([1.0, np.nan]), "m": np.array([0.5, np.inf]),
    "huge": np.full(3, 1e200), "tiny": np.full(3, 1e-170), "zero": np.zeros(3), "k": np.arange(3),
    "wide": RNG.normal(size=(4, 5)), "empty": np.empty((0, 3)), "short": np.ones(3, np.float32),
}  # fmt: skip
TAKEN = """
euclidean(u, v); distance.euclidean(a[0], b[1]); ssd.sqeuclidean(u, v); ssd.cityblock(u, v)
ssd.chebyshev(u, v); ssd.chebyshev(n, m); ssd.sqeuclidean(n, m); ssd.cityblock(n, m)
ssd.cityblock(none, none)
cdist(a, b); cdist(a, b, "cityblock"); cdist(a, b, metric="sqeuclidean"); pdist(a); pdist(a, "cityblock")
cdist(a[1:2], b); cdist(empty, b); pdist(empty); ssd.sqeuclidean(huge, zero); euclidean(u, v) ** 2
euclidean(u, u); euclidean(zero, -zero)
"""
LEFT_TO_SCIPY = """
euclidean(n, m); euclidean(huge, zero); euclidean(tiny, zero); euclidean(none, none)
euclidean(u, k + 0.5); cdist(a, wide); ssd.chebyshev(none, none)
"""
NOT_COVERED = """
euclidean(k, k); euclidean(u, v, w=u); ssd.cosine(u, v); cdist(a, b, "chebyshev"); cdist(a, b, "cosine")
euclidean(a, b); cdist(u, v); euclidean(short, zero)
"""


def _cases(text: str) -> Any:
    found = []
    for expression in (e.strip() for line in text.split("\n") for e in line.split(";")):
        if expression:
            names = [n for n in VALUES if n in compile(expression, "test", "eval").co_names]
            source = f"{IMPORTS}\ndef f({', '.join(names)}):\n    r = {expression}\n    return r\n"
            found.append(pytest.param(source, tuple(VALUES[n] for n in names), id=expression))
    return pytest.mark.parametrize(("source", "args"), found)


@_cases(TAKEN)
def test_distances_are_scipys(source: str, args: tuple[Any, ...]) -> None:
    got, want = by_kernel(source, args), by_python(source, args)
    assert type(got.result) is type(want.result), (got, want)
    np.testing.assert_allclose(got.result, want.result, rtol=4e-16)


@_cases(LEFT_TO_SCIPY)
def test_what_scipy_scales_or_refuses_is_left_to_it(source: str, args: tuple[Any, ...]) -> None:
    assert by_kernel(source, args).failed


@_cases(NOT_COVERED)
def test_other_forms_are_declined(source: str, args: tuple[Any, ...]) -> None:
    with pytest.raises(CannotLower, match="LW102"):
        program_for(source, args)
