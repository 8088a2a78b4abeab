"""Lists of rows that a function makes, behind the dispatch function of its kernel."""

from __future__ import annotations

import numpy as np
import pytest

from ..made_rows import BODIES, LEFT_TO_THE_ORIGINAL, function_of
from .dispatching import agrees, guarded

X = np.arange(12.0).reshape(4, 3)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_kernel_runs_and_does_the_same(body: str) -> None:
    case = guarded(function_of(body), "f", X, 4)
    assert agrees(case, X, 4)
    for n in (0, 1, 3):
        agrees(case, X, n)


@pytest.mark.parametrize("body", LEFT_TO_THE_ORIGINAL.values(), ids=LEFT_TO_THE_ORIGINAL)
def test_what_the_kernel_does_not_do_is_left_to_the_original(body: str) -> None:
    assert not agrees(guarded(function_of(body), "f", X, 4), X, 4)


def test_rows_of_an_argument_are_views_of_it() -> None:
    source = "def f(x):\n    out = []\n    for row in x:\n        out.append(row)\n    return out\n"
    x = X.copy()
    ran, rows = guarded(source, "f", x).fast(x)
    assert ran
    rows[1][2] = -1.0
    assert x[1, 2] == -1.0
