"""Lists of rows that the function makes: of lists and of arrays of any length."""

from __future__ import annotations

import numpy as np
import pytest

from ..made_rows import BODIES, DECLINED, LEFT_TO_THE_ORIGINAL, function_of
from .lowering import assert_same, by_kernel, refusal

X = np.arange(12.0).reshape(4, 3)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_it_makes(body: str) -> None:
    assert_same(function_of(body), X, 4)


@pytest.mark.parametrize("body", LEFT_TO_THE_ORIGINAL.values(), ids=LEFT_TO_THE_ORIGINAL)
def test_what_is_left_to_the_original(body: str) -> None:
    assert by_kernel(function_of(body), (X, 4)).failed is not None


@pytest.mark.parametrize(("code", "body"), DECLINED.values(), ids=DECLINED)
def test_what_is_declined(code: str, body: str) -> None:
    declined = refusal(function_of(body), X, 4)
    assert declined.code == code, declined
