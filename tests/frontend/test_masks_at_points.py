"""A boolean mask beside points: `x[i, mask]` is `x[i][mask]`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, refusal

X = np.arange(60.0).reshape(3, 4, 5)
M = np.array([True, False, True, True, False])
ROWS = np.array([True, False, True])
PLANE = np.arange(20).reshape(4, 5) % 3 == 0
PARTS = {
    "behind points": ("x[i, 2, m]", M),
    "behind one point": ("x[i, m]", PLANE[:, 0]),
    "before points": ("x[m, i, 2]", ROWS),
    "before a point and a slice": ("x[m, i, 1:3]", ROWS),
    "behind a slice": ("x[1:, i, m]", M),
    "counted from the end": ("x[-1, -2, m]", M),
    "of two axes": ("x[i, m]", PLANE),
    "of nothing": ("x[i, 2, m]", np.zeros(5, bool)),
}


@pytest.mark.parametrize(("part", "mask"), PARTS.values(), ids=PARTS)
def test_what_it_selects(part: str, mask: Any) -> None:
    assert_same(f"\ndef f(x, m, i):\n    return {part}\n", X, mask, 1)
    assert_same(f"\ndef f(x, m, i):\n    return {part}\n", np.asfortranarray(X), mask, 1)
    assert_same(f"\ndef f(x, m, i):\n    {part} = -1.0\n", X, mask, 1)
    assert_same(f"\ndef f(x, m, i):\n    {part} += i\n", X, mask, 1)


def test_counts_by_label() -> None:
    source = """
def f(x, seen, k):
    out = np.zeros((x.shape[0], k))
    for i in range(x.shape[0]):
        for v in range(k):
            if (seen == v).any():
                out[i, v] = np.log(np.sum(np.exp(x[i, 1, seen == v])))
    return out
"""
    assert_same(source, X, np.array([0, 2, 0, 2, 3]), 4)


def test_a_mask_of_another_length_is_left_to_the_original() -> None:
    assert by_kernel("\ndef f(x, m):\n    return x[0, 1, m]\n", (X, ROWS)).failed is not None


@pytest.mark.parametrize("part", ("x[i, :, m]", "x[m, :, i]", "x[m, m2]"))
def test_apart_from_points_it_is_declined(part: str) -> None:
    source = f"\ndef f(x, m, m2, i):\n    return {part}\n"
    assert refusal(source, X, M, M, 1).code == "LW103"
