"""Functions of `np.linalg` in compiled kernels: LAPACK's results, and its refusals."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from conftest import Load

from loopwright.frontend.lower_source import lower_function
from loopwright.kernels_effects import effects_of
from loopwright.pipeline import Passes, compiled_passes

MATRIX = "Annotated[NDArray[np.float64], 'n n']"
VECTOR = "Annotated[NDArray[np.float64], 'n']"
SOURCES = {
    "density": f"""
def f(a: {MATRIX}, x: {VECTOR}, k: int):
    total = 0.0
    for i in range(k):
        _, log = np.linalg.slogdet(a * (i + 1.0))
        total += log + np.dot(x, np.linalg.solve(a, x))
    return total
""",
    "factors": f"""
def f(a: {MATRIX}):
    return np.linalg.cholesky(a), np.linalg.inv(a), np.linalg.det(a)
""",
    "halfway": f"""
def f(a: {MATRIX}, x: {VECTOR}):
    x[0] = 7.0
    return np.linalg.det(a) + x.sum()
""",
}
PROGRAMS = {name: lower_function(source) for name, source in SOURCES.items()}
LOW = {name: Passes(p).run(compiled_passes(())).program for name, p in PROGRAMS.items()}
RNG = np.random.default_rng(4)


@pytest.fixture(scope="module", params=["numba", "cython"])
def kernels(request: pytest.FixtureRequest, load: Load) -> ModuleType:
    return load(request.param, LOW)


def _matrix(n: int) -> Any:
    a = RNG.normal(size=(n, n))
    return a @ a.T + np.eye(n)


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_results_are_numpys(kernels: ModuleType, n: int) -> None:
    a, x = _matrix(n), RNG.normal(size=n)
    want = sum(np.linalg.slogdet(a * (i + 1.0))[1] + x @ np.linalg.solve(a, x) for i in range(4))
    given = {"a": a, "x": x, "k": 4}
    ok, got, *_ = kernels.density(*(given[p.name] for p in LOW["density"].main.params))
    assert ok
    np.testing.assert_allclose(got, want, rtol=1e-13)
    ok, *factors = kernels.factors(a)
    assert ok
    wanted = np.linalg.cholesky(a), np.linalg.inv(a), np.linalg.det(a)
    for mine, theirs in zip(factors, wanted, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("a", [np.ones((3, 3)), -np.eye(3)], ids=["singular", "negative"])
def test_what_lapack_refuses_raises(kernels: ModuleType, a: Any) -> None:
    with pytest.raises(np.linalg.LinAlgError):
        kernels.factors(a)


def test_a_kernel_that_may_raise_keeps_a_copy_of_what_it_changes() -> None:
    assert effects_of(PROGRAMS["halfway"], LOW["halfway"]).fails_late
