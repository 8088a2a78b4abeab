"""Functions of `np.linalg`: one matrix at a time, bit by bit what NumPy computes, on all levels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import Declined
from loopwright.emit import by_name
from loopwright.emit.base import KernelSource
from loopwright.pipeline import Passes, compiled_passes

from .levelled import assert_same_on_all_levels
from .lowering import assert_same, by_kernel, by_python, program_for, refusal, same

RNG = np.random.default_rng(0)
M = RNG.normal(size=(4, 4))
SPD = M @ M.T + np.eye(4)
VALUES: dict[str, Any] = {
    "m": M, "spd": SPD, "v": RNG.normal(size=4), "b": RNG.normal(size=(4, 2)), "ones": np.ones((3, 3)),
    "k": RNG.integers(-3, 4, (3, 3)), "w": np.arange(3), "flags": np.eye(3, dtype=bool),
    "none": np.empty((0, 0)), "nans": np.full((2, 2), np.nan), "wide": RNG.normal(size=(2, 3)),
    "small": np.eye(3) * 1e-200, "short": M.astype(np.float32), "cube": RNG.normal(size=(2, 2, 2)),
    "one": np.array([[-2.5]]), "z": M + 1j,
}  # fmt: skip

EXACT = """
np.linalg.slogdet(m)[1]; np.linalg.slogdet(m)[0]; np.linalg.slogdet(k)[1]; np.linalg.slogdet(-m[:3, :3])[0]
np.linalg.slogdet(ones)[1]; np.linalg.slogdet(ones).sign; np.linalg.slogdet(flags).logabsdet
np.linalg.slogdet(none)[1]; np.linalg.slogdet(small)[-1]; np.linalg.slogdet(one)[0]; np.linalg.slogdet(m.T)[1]
np.linalg.slogdet(a=m)[1]
np.linalg.cholesky(spd); np.linalg.cholesky(k @ k.T + flags); np.linalg.cholesky(none)
np.linalg.solve(m, v); np.linalg.solve(m, b); np.linalg.solve(k, w); np.linalg.solve(flags, w)
np.linalg.solve(none, none); np.linalg.solve(m.T, v[::-1]); np.linalg.inv(k); np.linalg.det(k)
np.linalg.inv(m); np.linalg.det(m); np.linalg.det(ones); np.linalg.inv(none)
"""
BY_NUMPY_ALONE = """
np.linalg.eigvalsh(m); np.linalg.eigvalsh(m, "L"); np.linalg.eigvalsh(a=m, UPLO="L")
np.linalg.eigh(spd)[0] + 0; np.linalg.eigh(spd)[1] + 0; np.linalg.eigh(k).eigenvectors + 0
np.linalg.eigh(none).eigenvalues + 0; np.linalg.pinv(none)
np.linalg.pinv(wide); np.linalg.pinv(k); np.linalg.matrix_rank(ones); np.linalg.matrix_rank(wide)
"""
RAISES = """
np.linalg.slogdet(wide)[1]; np.linalg.cholesky(m); np.linalg.cholesky(wide); np.linalg.eigvalsh(wide)
np.linalg.eigh(wide)[0]; np.linalg.pinv(nans); np.linalg.solve(ones, w); np.linalg.solve(m, w)
np.linalg.solve(wide, w); np.linalg.inv(ones); np.linalg.inv(wide); np.linalg.det(wide)
"""
PRODUCTS = """
np.linalg.multi_dot([m, b]); np.linalg.multi_dot([m, m, b]); np.linalg.multi_dot((wide, k * 1.0, k * 0.5))
np.linalg.multi_dot([b.T, m, m])
np.kron(k, k); np.kron(k, m); np.kron(m, k); np.trace(k); k.trace(); np.trace(wide); np.trace(none)
"""
NOT_COVERED = """
np.linalg.multi_dot([m]); np.linalg.multi_dot([m, m, m, b]); np.linalg.multi_dot([v, m]); np.trace(flags)
np.linalg.multi_dot([k, k]); np.kron(short, m); np.kron(v, m)
np.linalg.slogdet(m); np.linalg.eigh(m); np.linalg.slogdet(short)[1]; np.linalg.slogdet(cube)[0]
np.linalg.slogdet(z)[1]; np.linalg.solve(short, v); np.linalg.inv(cube); np.linalg.eigvalsh(m, "U")
np.linalg.pinv(m, 0.1); np.linalg.pinv(m, hermitian=True); np.linalg.matrix_rank(m, tol=0.1)
np.linalg.cholesky(m, upper=True); np.linalg.slogdet(m).foo; [np.linalg.slogdet(m)]
"""


def _cases(text: str) -> list[tuple[str, tuple[Any, ...]]]:
    found = []
    for expression in (e.strip() for line in text.split("\n") for e in line.split(";")):
        if expression:
            names = [n for n in VALUES if n in compile(expression, "test", "eval").co_names]
            source = f"def f({', '.join(names)}):\n    r = {expression}\n    return r\n"
            found.append((source, tuple(VALUES[n] for n in names)))
    return found


def _of(text: str) -> Any:
    cases = _cases(text)
    ids = [source.split("\n")[1].strip() for source, _ in cases]
    return pytest.mark.parametrize(("source", "args"), cases, ids=ids)


@_of(EXACT)
def test_every_bit_is_numpys(source: str, args: tuple[Any, ...]) -> None:
    assert_same_on_all_levels(source, *args)


@_of(PRODUCTS)
def test_products_of_matrices(source: str, args: tuple[Any, ...]) -> None:
    want, got = by_python(source, args), by_kernel(source, args)
    assert got.failed is None and same(got.result, want.result)


def test_matrices_that_do_not_fit_are_left_to_numpy() -> None:
    source = "def f(a, b):\n    return np.linalg.multi_dot([a, b, a])\n"
    given = (np.ones((2, 3)), np.ones((2, 3)))
    assert by_python(source, given).failed is not None
    assert by_kernel(source, given).failed is not None


@_of(BY_NUMPY_ALONE)
def test_what_has_more_than_one_answer_is_asked_of_numpy(
    source: str, args: tuple[Any, ...]
) -> None:
    want, got = by_python(source, args), by_kernel(source, args)
    assert got.failed is None and same(got.result, want.result)
    low = Passes(program_for(source, args)[0]).run(compiled_passes(())).program
    assert isinstance(by_name("numba").emit(low, "k"), Declined)
    assert isinstance(by_name("cython").emit(low, "k"), KernelSource)


@_of(RAISES)
def test_a_linalg_error_is_left_to_numpy(source: str, args: tuple[Any, ...]) -> None:
    assert by_python(source, args).failed is not None
    assert by_kernel(source, args).failed is not None


@_of(NOT_COVERED)
def test_what_is_computed_otherwise_is_declined(source: str, args: tuple[Any, ...]) -> None:
    assert refusal(source, *args).code in ("LW102", "LW103", "LW107")


def test_numbers_that_are_no_numbers_pass_through() -> None:
    source = "def f(a):\n    sign, log = np.linalg.slogdet(a)\n    return sign, log\n"
    nans = VALUES["nans"]
    want, got = by_python(source, (nans,)), by_kernel(source, (nans,))
    assert same(got.result, want.result)


NAMED = {
    "unpacked": "s, r = np.linalg.slogdet(a)\n    return s * r",
    "kept under a name": "d = np.linalg.slogdet(a)\n    return d[1], d.sign, d.logabsdet",
    "of one of two paths": """d = np.linalg.slogdet(a)
    if d.sign < 0:
        d = np.linalg.slogdet(-a)
    return d[1]""",
    "in a loop": """s = 0.0
    for i in range(4):
        _, r = np.linalg.slogdet(a * (i + 1))
        s += r
    return s""",
    "from a helper": "d = logdet(a)\n    return d.logabsdet + d[0]",
    "given to a helper": "return first(np.linalg.slogdet(a))",
    "joined to a tuple": "return np.linalg.slogdet(a) + (1.0,)",
    "a slice is a tuple": "return np.linalg.slogdet(a)[:2]",
    "compared": "return np.linalg.slogdet(a) == (1.0, 2.0)",
    "an eigenvalue changed": "w, q = np.linalg.eigh(a)\n    w[0] = 7.0\n    return w, q",
    "vectors and values": "w, q = np.linalg.eigh(a)\n    return (q * w) @ q.T",
}
HELPERS = """
def logdet(a):
    return np.linalg.slogdet(a)


def first(pair):
    return pair.sign + pair[1]


"""


@pytest.mark.parametrize("body", NAMED.values(), ids=NAMED)
def test_a_named_tuple_is_a_tuple_with_names(body: str) -> None:
    source = f"{HELPERS}def f(a):\n    {body}\n"
    want, got = by_python(source, (SPD,)), by_kernel(source, (SPD,))
    assert got.failed is None
    assert same(got.result, want.result)


def test_two_kinds_of_tuples_are_kept_apart() -> None:
    source = """
def f(a, flag):
    d = np.linalg.slogdet(a)
    if flag:
        d = (1.0, 2.0)
    return d[1]
"""
    for flag in (True, False):
        assert_same(source, SPD, flag)
