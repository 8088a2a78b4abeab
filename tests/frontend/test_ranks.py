"""`scipy.stats.rankdata`, to the bit."""

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, refusal

HEAD = "from scipy.stats import rankdata\n\ndef f(x):\n"
CASES = [
    np.array([3.0, 1.0, 1.0, 2.5, 3.0, -0.0, 0.0, np.inf]),
    np.array([4, 4, 4, 1, 9, 1]),
    np.array([2.5], np.float32),
    np.empty(0),
    np.random.default_rng(0).integers(0, 7, 40).astype(float),
]


@pytest.mark.parametrize("method", ["average", "min", "max", "dense", "ordinal"])
def test_the_ranks_of_numbers(method: str) -> None:
    for x in CASES:
        assert_same(f"{HEAD}    return rankdata(x, {method!r})\n", x)
        assert_same(f"{HEAD}    return rankdata(-x, method={method!r}).sum()\n", x)


def test_the_default_is_the_mean() -> None:
    assert_same(f"{HEAD}    return rankdata(x)\n", CASES[0])


def test_nan_is_left_to_scipy_and_matrices_are_declined() -> None:
    source = f"{HEAD}    return rankdata(x)\n"
    assert by_kernel(source, (np.array([1.0, np.nan]),)).failed is not None
    assert refusal(source, np.ones((2, 2))).code == "LW102"
