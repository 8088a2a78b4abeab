"""Loops, branches, views, helpers, failures and products: compiled kernels do what the interpreter does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import lowlang
import numpy as np
import pytest
from arrays import ARRAYS
from structures import CONTROL

from loopwright.diagnostics import Declined
from loopwright.emit import by_name
from loopwright.ir import interp
from loopwright.ir.interp import KernelFailed

PROGRAMS = {**CONTROL, **ARRAYS}

BACKENDS = ["numba", "cython"]


@pytest.fixture(scope="module", params=BACKENDS)
def kernels(request: pytest.FixtureRequest, load: Callable[..., ModuleType]) -> ModuleType:
    return load(request.param, named())


def named() -> Mapping[str, Any]:
    return {f"k{n}": lowlang.read(source) for n, (source, _) in enumerate(PROGRAMS.values())}


def bits(value: Any) -> Any:
    """Something that is equal for equal bits."""
    array = np.asarray(value)
    if array.dtype.kind == "f":
        array = np.where(np.isnan(array), np.nan, array)
    return array.dtype.kind, array.shape, array.tolist().__repr__()


def twin(value: Any) -> Any:
    """A copy that is read-only if the original is."""
    if not isinstance(value, np.ndarray):
        return value
    made = value.copy()
    made.flags.writeable = value.flags.writeable
    return made


@pytest.mark.parametrize("name", PROGRAMS)
def test_kernels_do_what_the_interpreter_does(kernels: ModuleType, name: str) -> None:
    source, cases = PROGRAMS[name]
    program = lowlang.read(source)
    kernel = getattr(kernels, f"k{[*PROGRAMS].index(name)}")
    for case in cases:
        args, mine = [*map(twin, case)], [*map(twin, case)]
        try:
            want: tuple[Any, ...] | None = interp.run(program, args)
        except KernelFailed:
            want = None
        got = kernel(*mine)
        if want is None:
            assert got is False or got[0] is False
        else:
            assert got is True if not want else got[0] is True
            if "contract" in source:
                for mine_, theirs in zip(got[1:], want, strict=True):
                    np.testing.assert_allclose(mine_, theirs, rtol=1e-14, atol=1e-14)
                continue
            assert [*map(bits, got[1:] if want else ())] == [*map(bits, want)]
            assert [*map(bits, mine)] == [*map(bits, args)]


@pytest.mark.parametrize("a", [2**31, 3037000499, 3037000500, 2**40, 2**63 - 1])
def test_the_test_of_products_errs_on_the_safe_side(kernels: ModuleType, a: int) -> None:
    kernel = getattr(kernels, f"k{[*PROGRAMS].index('overflow tests')}")
    for b in (a, a - 1, a + 1 if a < 2**62 else a, 2**63 // a, 2**63 // a - 1, 1):
        for x, y in ((a, b), (-a, b), (a, -b), (-a, -b)):
            fits = -(2**63) <= x * y < 2**63
            assert fits or not kernel(x, y)[3]
            assert kernel(x, y)[3] or not abs(x * y) < 9.1e18


def test_small_functions_of_rows_are_spread_in_loops() -> None:
    source = PROGRAMS["a function of rows that a loop calls"][0]
    made = by_name("numba").emit(lowlang.read(source), "k")
    assert not isinstance(made, Declined)
    assert made.text.count('inline="always"') == 1
    single = source.replace("for j in range(v.shape[0]):", "if v.shape[0] > 0:")
    single = single.replace("for i in range(x.shape[0]):", "if x.shape[0] > 0:")
    single = single.replace("x[i], v[j]", "x[0], v[0]")
    made = by_name("numba").emit(lowlang.read(single), "k")
    assert not isinstance(made, Declined)
    assert "inline" not in made.text


def test_scratch_arrays_are_allocated_before_the_loops() -> None:
    made = by_name("numba").emit(lowlang.read(PROGRAMS["scratch arrays"][0]), "k")
    assert not isinstance(made, Declined)
    lines = [s.strip() for s in made.text.splitlines() if "np.empty(" in s or "for " in s]
    assert [line.partition(" =")[0] for line in lines[-5:]] == [
        "row",
        "pair",
        "for i in range(x.shape[0]):  # line 9",
        "part",
        "for j in range(x.shape[1]):  # line 12",
    ]


REFUSED = {
    "a product of integers": (
        """
def f(a: "i8[:, :]") -> "i8[:, :]":
    return contract("ij,jk->ik", a, a)
""",
        "LW103",
    ),
    "a product of three": (
        """
def f(a: "f8[:, :]") -> "f8[:, :]":
    return contract("ij,jk,kl->il", a, a, a)
""",
        "LW103",
    ),
    "a function that only Python has": (
        """
def f(a: f8) -> f8:
    return math.remainder(a, a) + math.comb(a, a)
""",
        "LW102",
    ),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_equal_form_is_refused(backend: str, name: str) -> None:
    source, code = REFUSED[name]
    made = by_name(backend).emit(lowlang.read(source), "k")
    assert isinstance(made, Declined)
    assert made.code == code
    assert made.at.line == 2
