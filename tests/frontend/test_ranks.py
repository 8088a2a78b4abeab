"""`scipy.stats.rankdata`, to the bit."""

import numpy as np
import pytest

from .lowering import assert_same, by_kernel, refusal

HEAD = "from scipy.stats import rankdata\n\ndef f(x):\n"
CASES = [
    np.array([3.0, 1.0, 1.0, 2.5, 3.0, -0.0, 0.0, np.inf]),
    np.array([4, 4, 4, 1, 9, 1]),
    np.empty(0),
    np.random.default_rng(0).integers(0, 7, 40).astype(float),
]


@pytest.mark.parametrize("x", CASES)
def test_the_ranks_of_numbers(x: np.ndarray) -> None:
    assert_same(f"{HEAD}    return rankdata(x, 'average')\n", x)
    assert_same(f"{HEAD}    return rankdata(-x, method='average').sum()\n", x)


@pytest.mark.parametrize("method", ["min", "max", "dense", "ordinal"])
def test_what_depends_on_the_version_of_scipy_is_declined(method: str) -> None:
    found = refusal(f"{HEAD}    return rankdata(x, {method!r})\n", CASES[0])
    assert "version of SciPy" in found.why
    narrow = np.array([2.5], np.float32)
    assert "version of SciPy" in refusal(f"{HEAD}    return rankdata(x)\n", narrow).why


def test_the_default_is_the_mean() -> None:
    assert_same(f"{HEAD}    return rankdata(x)\n", CASES[0])


def test_nan_is_left_to_scipy_and_matrices_are_declined() -> None:
    source = f"{HEAD}    return rankdata(x)\n"
    assert by_kernel(source, (np.array([1.0, np.nan]),)).failed is not None
    assert refusal(source, np.ones((2, 2))).code == "LW102"
