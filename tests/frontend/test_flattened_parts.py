"""Parts of an array made flat: a copy where the rows have gaps between them, else the original runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, refusal

IMAGE = np.arange(30.0).reshape(5, 6)
CUBE = np.arange(120).reshape(4, 5, 6)
COPIES = {
    "a window": ("x[i:i + 2, 1:4].ravel()", IMAGE),
    "a window by a function": ("np.ravel(x[i:i + 3, :4])", IMAGE),
    "a window by a shape": ("x[1:3, i:i + 3].reshape(-1)", IMAGE),
    "a row of one": ("x[1:3, i:i + 3].reshape(1, -1)", IMAGE),
    "of an array in Fortran's order": ("x[i:i + 2, 1:4].ravel()", np.asfortranarray(IMAGE)),
    "of columns turned round": ("x[i:i + 2, 1:4].ravel()", IMAGE[:, ::-1]),
    "behind a point": ("x[i, 1:3, 2:5].ravel()", CUBE),
    "around a point": ("x[1:3, i, 2:5].ravel()", CUBE),
    "with gaps between the planes alone": ("x[1:3, i:i + 2, :].ravel()", CUBE),
}
VIEWS = {
    "whole rows": ("x[i:i + 2, :6].ravel()", IMAGE),
    "one row": ("x[i:i + 1, 1:4].ravel()", IMAGE),
    "one column": ("x[i:i + 2, 1:2].ravel()", IMAGE),
    "nothing": ("x[i:i + 2, 4:3].ravel()", IMAGE),
}


@pytest.mark.parametrize(("part", "x"), COPIES.values(), ids=COPIES)
def test_a_part_with_gaps_is_copied(part: str, x: Any) -> None:
    assert_same(f"\ndef f(x, i):\n    w = {part}\n    x[...] = 0\n    return w\n", x, 1)
    assert_same(f"\ndef f(x, i):\n    w = {part}\n    w[...] = 7\n    return w, x.sum()\n", x, 1)


@pytest.mark.parametrize(("part", "x"), VIEWS.values(), ids=VIEWS)
def test_what_may_be_a_view_is_left_to_the_original(part: str, x: Any) -> None:
    outcome = by_kernel(f"\ndef f(x, i):\n    w = {part}\n    return w.sum()\n", (x, 1))
    assert outcome.failed == "an array that is made flat is a part of another one with gaps"


@pytest.mark.parametrize("part", ("x[::2, ::2].ravel()", "x.T.ravel()", "x[:2, :3].reshape(3, 2)"))
def test_other_forms_are_declined(part: str) -> None:
    assert refusal(f"\ndef f(x):\n    return {part}\n", IMAGE).code == "LW102"
