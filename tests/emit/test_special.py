"""Functions of `scipy.special` in compiled kernels have the bits of SciPy's ufuncs."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from conftest import Load
from scipy import special

from loopwright.diagnostics import Declined
from loopwright.emit import by_name
from loopwright.frontend.lower_source import lower_function
from loopwright.ir.intrinsics import ALL, is_special
from loopwright.ir.nodes import Program
from loopwright.pipeline import Passes, compiled_passes

VECTOR = "Annotated[NDArray[np.float64], 'n']"
NAMES = {row.name.removeprefix("special."): row.arity[0] for row in ALL if is_special(row.name)}
RNG = np.random.default_rng(2)
EDGES = [0.0, -0.0, np.nan, np.inf, -np.inf, 1e-310, 171.6, 171.7, 1e308, -1.0, -0.5, 0.5, 1.0, 2.0]
X = np.concatenate([EDGES, RNG.normal(size=300) * 3, np.exp(RNG.normal(size=200) * 5)])
Y = np.concatenate([EDGES[::-1], RNG.random(len(X) - len(EDGES))])


def _program(name: str, arity: int) -> Program:
    given = "x[i], y[i]" if arity == 2 else "x[i]"
    source = f"""
from scipy import special


def f(x: {VECTOR}, y: {VECTOR}):
    out = np.empty(len(x))
    for i in range(len(x)):
        out[i] = special.{name}({given})
    return out
"""
    return Passes(lower_function(source)).run(compiled_passes(())).program


LOW = {name: _program(name, arity) for name, arity in NAMES.items()}


@pytest.fixture(scope="module", params=["numba", "cython"])
def kernels(request: pytest.FixtureRequest, load: Load) -> ModuleType:
    return load(request.param, {f"of_{name}": program for name, program in LOW.items()})


@pytest.mark.parametrize("name", NAMES)
def test_bits_are_those_of_the_ufunc(kernels: ModuleType, name: str) -> None:
    given: dict[str, Any] = {"x": X, "y": Y}
    args = [given[p.name] for p in LOW[name].main.params]
    ok, got = getattr(kernels, f"of_{name}")(*args)
    assert ok
    want = getattr(special, name)(*[X, Y][: NAMES[name]])
    np.testing.assert_array_equal(got.view(np.int64)[got == got], want.view(np.int64)[want == want])
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want))


@pytest.mark.parametrize("backend", ["numpy", "numba", "cython"])
def test_without_scipy_a_variant_is_refused(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loopwright.emit.special.importlib.util.find_spec", lambda name: None)
    lacks = by_name(backend).missing_for(LOW["psi"])
    assert lacks is not None


def test_kernels_without_such_functions_do_not_import_scipy() -> None:
    plain = lower_function(f"def f(x: {VECTOR}):\n    return x.sum()\n")
    low = Passes(plain).run(compiled_passes(())).program
    for backend, program in (("numpy", plain), ("numba", low), ("cython", low)):
        made = by_name(backend).emit(program, "k")
        assert not isinstance(made, Declined) and "scipy" not in made.text
