"""Python's numbers on their way into arrays: which fit, when that is said, how they are rounded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.ir.interp import KernelFailed, run
from loopwright.pipeline import Passes, compiled_passes

from .levelled import assert_same_on_all_levels
from .lowering import by_python, program_for, refusal, same

HALFWAY = 2**62 + 2**38 + 1
"""As a float32 it differs by one place if it is rounded to float64 before."""

STORES = {
    "a number that does not fit an empty part": ("u[1:1] = k", "u1", 300),
    "one that does not fit an empty array": ("u[:] = k", "u1", -1),
    "one that does not fit where no index points": (
        "u[np.zeros(0, dtype=np.int64)] = k",
        "u1",
        300,
    ),
    "one that does not fit where the mask is false": ("u[u > 9] = k", "u1", 300),
    "NaN where the mask is false": ("u[u > 9] = k", "i8", float("nan")),
    "a float beyond the dtype into an empty part": ("u[1:1] = k", "i8", 1e300),
    "a list whose element does not fit": ("u[0:1] = [k]", "u1", 300),
    "a list whose element does not fit into an empty part": ("u[0:0] = [k]", "u1", 300),
    "a list with NaN": ("u[0:1] = [k]", "i8", float("nan")),
    "a list whose float is truncated": ("u[0:1] = [k]", "i8", -2.5),
    "an operand that does not fit": ("u[1:1] += k", "u1", 300),
    "a number that fits": ("u[1:] = k", "u1", 255),
    "a bound of a comparison need not fit": ("u[u < k] = 7", "u1", 300),
}


@pytest.mark.parametrize("statement, dtype, k", STORES.values(), ids=STORES)
@pytest.mark.parametrize("length", [0, 3])
def test_stores(statement: str, dtype: str, k: float, length: int) -> None:
    source = f"def f(u, k):\n    {statement}\n    return u\n"
    # an empty part takes a list of one, which a kernel may leave to CPython
    assert_same_on_all_levels(source, np.zeros(length, dtype), k, gives_up=not length)


LIST_STORES: dict[str, tuple[Any, list[Any]]] = {
    "all elements fit": (np.zeros(2, "u1"), [1, 255]),
    "the first does not fit": (np.zeros(2, "u1"), [300, 2]),
    "one is negative": (np.zeros(2, "u1"), [1, -1]),
    "one is NaN": (np.zeros(2, "i8"), [1.5, float("nan")]),
    "one is too large": (np.zeros(2, "i8"), [1e30, 2.0]),
}


@pytest.mark.parametrize("u, values", LIST_STORES.values(), ids=LIST_STORES)
def test_a_list_is_converted_element_by_element(u: Any, values: list[Any]) -> None:
    assert_same_on_all_levels("def f(u, e):\n    u[:] = e\n    return u\n", u, values)


ROUNDED = {
    "an element": "s[0] = k",
    "an operand": "s += k",
    "a comparison": "s[0] = s[0] < k",
    "a function of two": "s = np.maximum(s, k)",
    "a filled array": "s = np.full(3, k, dtype=np.float32)",
    "an array of a list": "s = np.array([k, k], dtype=np.float32)",
    "a list in a part": "s[1:] = [k, k]",
}


@pytest.mark.parametrize("statement", ROUNDED.values(), ids=ROUNDED)
def test_a_large_int_is_rounded_to_float64_before_float32(statement: str) -> None:
    source = f"def f(s, g):\n    k = int(g[0])\n    {statement}\n    return s\n"
    assert_same_on_all_levels(source, np.full(3, 2.0**62, "f4"), np.array([HALFWAY]))


def test_where_leaves_a_large_int_to_numpy_whose_versions_differ() -> None:
    source = "def f(s, g):\n    k = int(g[0])\n    return np.where(s > 0, k, s)\n"

    def result(k: int) -> Any:
        given = {"s": np.full(3, 2.0**62, "f4"), "g": np.array([k])}
        args = tuple(given.values())
        low = Passes(program_for(source, args)[0]).run(compiled_passes(())).program
        assert low.main.level == "low"
        got = run(low, [given[p.name] for p in low.main.params])
        assert same(got[0], by_python(source, args).result)
        return got[0]

    assert result(2**52 + 1).dtype == np.float32
    with pytest.raises(KernelFailed):
        result(HALFWAY)


CLIPPED = {
    "fixed bounds": "np.clip(x, 0.0, 2.0)",
    "a bound from outside": "np.clip(x, p, 2.0)",
    "moving bounds": "np.clip(x, lo, lo + 1)",
    "one moving bound": "np.clip(x, lo, 2.0)",
    "bounds with one element": "np.clip(x, np.zeros(1), np.ones(1))",
    "each number by itself": "[np.clip(x[i], p, 2.0) for i in range(len(x))]",
    "each number by bounds of its own": "[np.clip(x[i], lo[i], 2.0) for i in range(len(x))]",
}


@pytest.mark.parametrize("clip", CLIPPED.values(), ids=CLIPPED)
@pytest.mark.parametrize("p", [0.0, -0.0, np.nan])
def test_clip_keeps_the_zero_that_numpy_keeps(clip: str, p: float) -> None:
    source = f"def f(x, lo, p):\n    return {clip}\n"
    x = np.array([0.0, -0.0, 0.0, -0.0, np.nan, 1.0, 3.0])
    lo = np.array([-0.0, 0.0, 0.0, -0.0, 0.0, np.nan, 1.0])
    assert_same_on_all_levels(source, x, lo, p)


@pytest.mark.parametrize("name", ["floor", "ceil"])
@pytest.mark.parametrize("dtype", ["i4", "i8", "u8"])
@pytest.mark.parametrize("value", [5, 2**53 + 1, 2**63 - 1])
def test_math_functions_take_integers_of_numpy_as_floats(name: str, dtype: str, value: int) -> None:
    source = f"def f(g):\n    return math.{name}(g[0])\n"
    given = np.array([value % 2 ** (31 if dtype == "i4" else 63)]).astype(dtype)
    assert_same_on_all_levels(source, given, gives_up=value > 2**62)


def test_numbers_of_numpy_have_no_trunc_but_float64() -> None:
    source = "def f(v):\n    return math.trunc(v[0])\n"
    for dtype in ("i8", "f4"):
        assert refusal(source, np.ones(2, dtype)).code == "LW304"
    assert_same_on_all_levels(source, np.array([-2.5]))


@pytest.mark.parametrize("dtype", ["u1", "i4", "i8", "f4", "f8", "?"])
def test_sorted_makes_a_list_of_an_array_of_any_dtype(dtype: str) -> None:
    source = "def f(v):\n    return sorted(v), [x for x in sorted(v, reverse=True)]\n"
    assert_same_on_all_levels(source, np.array([3, 0, 2]).astype(dtype))


MASKED: dict[str, tuple[list[int], bool]] = {
    "as many elements as places": ([7, 8], True),
    "one element for all places": ([7], True),
    "as many elements as the array has": ([7, 8, 9], False),
}


@pytest.mark.parametrize("values, fits", MASKED.values(), ids=MASKED)
def test_a_list_goes_to_the_places_of_a_mask_in_order(values: list[int], fits: bool) -> None:
    source = "def f(v, e):\n    v[v > 1] = e\n    return v\n"
    x = np.array([3.0, 0.0, 2.0])
    assert (by_python(source, (x, values)).failed is None) == fits
    assert_same_on_all_levels(source, x, values, gives_up=len(values) == 1)
