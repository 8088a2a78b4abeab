"""Arrays of one element where one number is meant."""

from __future__ import annotations

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, refusal

STORED = {
    "a vector into a place": "out[i] = np.squeeze(x[i : i + 1])",
    "a matrix into a place": "out[i] = np.squeeze(x[None, i : i + 1])",
    "a method": "out[i] = x[i : i + 1].squeeze()",
    "added to a place": "out[i] += np.squeeze(x[i : i + 1])",
    "an operand": "out[i] = 2.0 * np.squeeze(x[i : i + 1])",
    "into a slice": "out[i:] = np.squeeze(x[i : i + 1])",
}


@pytest.mark.parametrize("stmt", STORED.values(), ids=STORED)
def test_squeezed_arrays_that_are_put_into_an_array_are_numbers(stmt: str) -> None:
    source = f"def f(x, out):\n    for i in range(len(x)):\n        {stmt}\n    return out\n"
    assert_same(source, np.array([0.5, -2.0, 3.0]), np.ones(3))


def test_longer_arrays_are_left_to_the_original() -> None:
    source = "def f(x, out):\n    out[:] = np.squeeze(x)\n    return out\n"
    assert by_kernel(source, (np.ones(3), np.zeros(3))).failed


def test_a_list_holds_the_array_itself() -> None:
    source = "def f(x, out):\n    out[0] = np.squeeze(x)\n    return out\n"
    assert refusal(source, np.ones(1), [0.0]).code == "LW102"


CONDITIONS = {
    "in an if": "if x > t:\n        return 1\n    return 0",
    "in a while": "n = 0\n    while (np.isnan(x) or np.abs(x) > t) and n < 9:\n"
    "        x = x / 2.0\n        n += 1\n    return n, x",
    "negated": "return 1 if not x - t else 2",
    "of two axes": "return 1 if x.reshape(1, 1) > t else 2",
    "of numbers": "if np.abs(x):\n        return 1\n    return 0",
}


@pytest.mark.parametrize("body", CONDITIONS.values(), ids=CONDITIONS)
@pytest.mark.parametrize("value", [0.5, 7.25, 1.5, float("nan")])
def test_an_array_of_one_element_is_a_condition(body: str, value: float) -> None:
    assert_same(f"def f(x, t):\n    {body}\n", np.array([value]), 1.5)


@pytest.mark.parametrize("x", [np.zeros(0), np.ones(2)], ids=["none", "two"])
def test_other_arrays_as_conditions_are_left_to_the_original(x: np.ndarray) -> None:  # type: ignore[type-arg]
    source = "def f(x, t):\n    if x > t:\n        return 1\n    return 0\n"
    assert by_kernel(source, (x, 0.5)).failed
