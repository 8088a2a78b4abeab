"""Forms of NumPy's functions that ordinary code uses, against NumPy bit by bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import by_kernel, by_python, refusal, same

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
RNG = np.random.default_rng(3)
X = RNG.normal(size=(3, 4))
MATRICES = {
    "floats": X, "no rows": np.empty((0, 3)), "no columns": np.empty((3, 0)), "columns": X.copy().T,
    "some NaN": np.array([[np.nan, 1], [2, np.nan]]), "a column of NaN": np.array([[np.nan, 3.0]] * 2),
    "ints": np.arange(6).reshape(2, 3), "truths": np.array([[True, False], [True, True]]),
    "bytes": np.arange(6, dtype=np.int8).reshape(2, 3) * 40, "infinite": np.array([[np.inf, 1.0, -np.inf]]),
}  # fmt: skip
VECTORS = {
    "empty": np.empty(0), "one": np.array([1.0]), "NaN": np.array([np.nan]), "tenths": np.arange(1, 11) / 10,
    "equal": np.array([-1.0, -1.0]), "infinity": np.array([np.inf, 1.0]), "quarters": np.arange(40) % 7 / 4,
    "zeros": np.array([0.0, -0.0]), "tiny": np.array([5e-324, 0.0]), "ints": np.arange(30) % 11,
}  # fmt: skip
AXES = ("", ", axis=0", ", axis=1", ", axis=-1", ", axis=None")


def agrees(expression: str, *args: Any, names: str = "x, y") -> bool:
    """Whether the kernel gives what NumPy gives; it may give up where it says so, but never differ."""
    source = f"\ndef f({names}):\n    return {expression}\n"
    want = by_python(source, args)
    got = by_kernel(source, args)
    if got.failed is None:
        assert want.failed is None, (expression, got.result, want.failed)
        assert same(got.result, want.result), (expression, got.result, want.result)
        return True
    return want.failed is not None


@pytest.mark.parametrize("x", MATRICES.values(), ids=MATRICES)
@pytest.mark.parametrize("name", ("nansum", "nanmean", "average", "count_nonzero"))
def test_reductions_along_axes(name: str, x: Any) -> None:
    for axis in AXES:
        done = agrees(f"np.{name}(x{axis})", x, names="x")
        assert done or name == "nanmean"  # of nothing: gives up


@pytest.mark.parametrize("x", MATRICES.values(), ids=MATRICES)
@pytest.mark.parametrize("name", ("nanmax", "nanmin"))
def test_extremes_without_nan(name: str, x: Any) -> None:
    for axis in AXES:
        agrees(f"np.{name}(x{axis})", x, names="x")
    assert agrees("np.nanmax(x, axis=1)", X, names="x")


@pytest.mark.parametrize("x", [*MATRICES.values(), *VECTORS.values()], ids=[*MATRICES, *VECTORS])
def test_quantiles(x: Any) -> None:
    if x.dtype.name not in ("float64", "int64"):
        assert refusal("\ndef f(x):\n    return np.median(x)\n", x).code == "LW102"
        return
    for axis in AXES if x.ndim == 2 else AXES[:2]:
        for call in ("percentile(x, 30", "percentile(x, 100", "quantile(x, 0.3", "quantile(x, 1.5"):
            agrees(f"np.{call}{axis})", x, names="x")
    agrees("np.median(x)", x, names="x")
    agrees("np.percentile(x, [10.0, 50.0])", x, names="x")
    assert agrees("np.percentile(x, 30, axis=0)", X, names="x")


HISTOGRAMS = (
    "np.histogram(x)", "np.histogram(x, 3)", "np.histogram(x, bins=7)[0]", "np.histogram(x, 0)",
    "np.histogram(x, 4, (0, 1))", "np.histogram(x, 5, range=(0.0, 2.5))", "np.histogram(x, 5, (1, 1))",
    "np.histogram(x, 5, range=(2, 1))", "np.histogram(x, [0.0, 0.5, 1.0, 1.0, 2.0])",
    "np.histogram(x, [0, 1, 1])", "np.histogram(x, [1.0])", "np.histogram(x, [2.0, 1.0])",
)  # fmt: skip


@pytest.mark.parametrize("x", VECTORS.values(), ids=VECTORS)
@pytest.mark.parametrize("call", HISTOGRAMS)
def test_histograms(call: str, x: Any) -> None:
    assert agrees(call, x, names="x")


@pytest.mark.parametrize("weights", ([1.0, 2.0, 3.0], [1, 2], [0.0, 0.0], [1, -1], [0.5]), ids=str)
def test_weighted_averages(weights: list[float]) -> None:
    w = np.array(weights)
    for x in (*MATRICES.values(), *VECTORS.values()):
        if x.dtype.name in ("float64", "int64"):
            assert agrees("np.average(x, axis=0, weights=y)", x, w)


PARTS = {
    "floats": np.array([1.0, 2.0]), "ints": np.array([1, 2, 3]), "truths": np.array([True, False]),
    "float32": np.array([1.5], np.float32), "matrix": np.ones((2, 2)), "int": 2, "float": 2.5,
    "np.float32": np.float32(3), "list": [1, 2], "tuple": (1, 2.5), "empty": np.empty(0), "byte": np.uint8(7),
}  # fmt: skip
JOINS = (
    "np.vstack((x, y))", "np.hstack((x, y))", "np.append(x, y)", "np.atleast_2d(x, y)[0] + 0",
    "np.atleast_1d(x, y)[1] + 0", "np.atleast_2d(x) * 1", "np.atleast_1d(x) * 1", "np.diagflat(x)",
    "np.diagflat(x, -1)", "np.repeat(x, 2)",
)  # fmt: skip
OF_ARRAYS = (
    "np.column_stack((x, y))", "np.concatenate((x, y), axis=None)", "np.append(x, y, axis=0)",
    "np.roll(x, 1)", "np.roll(x, -7)", "np.prod(x)", "np.mean(x)", "np.isclose(x, y)", "np.sort(x)",
)  # fmt: skip


@pytest.mark.parametrize("x", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("y", PARTS.values(), ids=PARTS)
def test_joining(x: Any, y: Any) -> None:
    arrays = all(isinstance(v, np.ndarray) and v.dtype == float for v in (x, y))
    for call in (*JOINS, *OF_ARRAYS) if arrays else JOINS:
        if by_python(f"\ndef f(x, y):\n    return {call}\n", (x, y)).failed is None:
            assert agrees(call, x, y)


@pytest.mark.parametrize("times", ([0, 1, 2], [2], [1, -1, 2], [1, 2]), ids=str)
def test_each_element_has_its_number_of_repeats(times: list[int]) -> None:
    assert agrees("np.repeat(x, y)", np.array([1.0, 2.0, 3.0]), np.array(times))
    assert agrees("x.repeat(y)", np.array([1, 2, 3], np.int8), times)


def test_tuples_of_numbers_are_arrays() -> None:
    calls = "np.prod(x.shape), np.max((1, 2.5)), np.mean((1, 2)), np.sum((True, False)), np.sort((2, 1))"
    assert agrees(calls, X, names="x")


OF_NUMBERS = """
x[1].sum(), x[2].mean(), x[1].squeeze(), x[1].copy(), x[0].any(), x[1].all(), x[1].tolist(), x[1].max()
np.sum(x[1]), np.max(2.5), np.any(x[1] > 0), np.all(True), np.mean(x[0]), np.prod(3), np.min(x[2])
np.isscalar(x), np.isscalar(x[0]), np.isscalar(3), np.isscalar("a"), np.isscalar(None)
np.spacing(1), np.spacing(2.5), np.any(np.ma.getmask(x)), np.ma.is_masked(x), np.asanyarray(x) * 1
"""


@pytest.mark.parametrize("calls", OF_NUMBERS.split("\n")[1:-1])
def test_functions_of_arrays_take_numbers(calls: str) -> None:
    assert agrees(calls, np.array([0.0, 2.5, -1.5]), names="x")


def test_numbers_of_short_dtypes_are_summed_in_wider_ones() -> None:
    source = "\ndef f(x):\n    return x[0].sum()\n"
    assert refusal(source, np.array([1], np.int32)).code == "LW102"
    assert refusal("\ndef f(x):\n    return np.spacing(x[0])\n", np.ones(2)).code == "LW102"


def test_what_the_original_refuses() -> None:
    assert refusal("\ndef f(x):\n    return np.ptp(x)\n", np.array([True])).code == "LW304"
    assert agrees("np.polyval(x, 2.0)", np.array([1.0, 2.0]), names="x")
    assert by_kernel("\ndef f(x):\n    return np.polyval(x, 2.0)\n", (np.empty(0),)).failed


@pytest.mark.parametrize(
    ("call", "code"),
    (
        ("np.histogram(x, 3, density=True)", "LW102"),
        ("np.histogram(x, 'auto')", "LW102"),
        ("np.histogram(x, 2.5)", "LW102"),
        ("np.repeat(x, [1, 2], axis=0)", "LW102"),
        ("np.append(x, x[0], axis=0)", "LW111"),
        ("np.squeeze(x)", "LW102"),
        ("np.nansum(x, keepdims=True)", "LW102"),
    ),
)
def test_other_forms_are_declined(call: str, code: str) -> None:
    assert refusal(f"\ndef f(x):\n    return {call}\n", X).code == code


SHAPES = """
np.zeros([len(x), 2]); np.ones(shape=[1, 2, len(x)]); np.full([2], 0.5); np.zeros([len(x)], dtype=int)
np.zeros([2, len(x)], int); np.zeros([*x.shape, 2]); np.empty([0, len(x)]); x.reshape([-1, 1]) + 0
np.reshape(x, [1, len(x)]) + 0; np.tile(x, [2, 1]); np.transpose(np.outer(x, x + 1), [1, 0])
"""


@pytest.mark.parametrize("value", [v.strip() for v in SHAPES.replace("\n", ";").split(";") if v])
def test_a_list_is_taken_for_a_shape(value: str) -> None:
    assert agrees(value, np.array([1.0, 2.5, -3.0]), names="x")


RANGES = "np.array(range(n)); np.array(range(1, n), dtype=float); np.asarray(range(n), np.int32)"


@pytest.mark.parametrize("value", [v.strip() for v in RANGES.split(";")])
def test_an_array_of_a_range(value: str) -> None:
    assert agrees(value, 4, names="n")
    assert by_kernel(f"\ndef f(n):\n    return {value}\n", (0,)).failed is not None
