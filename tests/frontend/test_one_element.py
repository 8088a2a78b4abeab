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
