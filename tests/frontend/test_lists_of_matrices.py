"""Lists of arrays of several axes, which may differ in the length of the first one."""

from contextlib import suppress

import numpy as np
import pytest

from loopwright.diagnostics import CannotLower

from .lowering import assert_same, by_kernel, refusal

RNG = np.random.default_rng(0)
ALIKE = [RNG.normal(size=(3, 2)) for _ in range(4)]
UNLIKE = [RNG.normal(size=(n, 2)) for n in (3, 1, 0, 2)]
SAME = {
    "rows of each": """
    total = np.zeros(2)
    for m in ms:
        for i in range(len(m)):
            total += m[i] * x[i]
    return total
""",
    "by number": """
    t = 0.0
    for k in range(len(ms)):
        t = t * 0.5 + ms[k].sum() - ms[-1][0, 1] + ms[k].shape[0]
    return t
""",
    "with their numbers": """
    out = []
    for k, m in enumerate(ms):
        out.append(m[:, 1].sum() * k)
    return out
""",
    "by pairs": """
    t = 0.0
    for m, v in zip(ms, x):
        t += (m * v).sum()
    return t
""",
    "products": """
    t = 0.0
    for m in ms:
        t += np.trace(m.T @ m)
    return t
""",
    "of a comprehension": "    return sum(m.max() for m in ms if len(m)), [m[0, 0] for m in ms if len(m)]\n",
}


@pytest.mark.parametrize("body", SAME.values(), ids=SAME)
def test_arrays_of_a_list(body: str) -> None:
    source = f"\ndef f(ms, x):\n{body}"
    for ms in (ALIKE, UNLIKE):
        assert_same(source, ms, np.array([1.0, -2.0, 0.5, 3.0]))


def test_a_product_with_all_of_them() -> None:
    source = "\ndef f(ms, x):\n    return np.dot(x, ms).sum(axis=1)\n"
    assert_same(source, ALIKE, np.array([[1.0, -2.0, 0.5]]))
    assert by_kernel(source, (UNLIKE, np.array([[1.0, -2.0, 0.5]]))).failed is not None


ARRAYS = {
    "an array of them": "    a = np.array(ms)\n    a[0] = 1.0\n    return a\n",
    "a mean": "    return np.mean(ms, axis=0) + np.sum(ms)\n",
    "float32": "    return np.array(ms, dtype=np.float32)\n",
}


@pytest.mark.parametrize("body", ARRAYS.values(), ids=ARRAYS)
def test_an_array_of_arrays_of_one_shape(body: str) -> None:
    source = f"\ndef f(ms):\n{body}"
    assert_same(source, ALIKE)
    assert_same(source, [np.array([1.0, 2.0]), np.array([3.0, 4.5])])
    assert by_kernel(source, (UNLIKE,)).failed is not None


@pytest.mark.parametrize(
    "text", ["np.array(ms[::-1])", "np.sum(ms[::-1], axis=1)", "np.stack(ms[::-1])"]
)
def test_an_array_of_other_arrays_than_all_is_left_to_python(text: str) -> None:
    source = f"\ndef f(ms):\n    return {text}\n"
    for ms in (ALIKE, [m[:, 0] for m in ALIKE]):
        with suppress(CannotLower):
            assert by_kernel(source, (ms,)).failed is not None


def test_an_array_that_must_be_no_copy_is_declined() -> None:
    assert refusal("\ndef f(ms):\n    return np.array(ms, copy=False)\n", ALIKE).code == "LW102"


PRODUCTS = ["np.dot(a, b)", "a @ b", "np.matmul(a, b)"]


@pytest.mark.parametrize("text", PRODUCTS)
def test_products_of_three_axes(text: str) -> None:
    source = f"\ndef f(a, b):\n    return {text}\n"
    shapes = [((2, 3, 4), (4,)), ((2, 3, 4), (4, 5)), ((4,), (2, 4, 3)), ((5, 4), (2, 4, 3))]
    if "dot" not in text:
        shapes += [((2, 3, 4), (2, 4, 5))]
    for one, two in shapes:
        # small integers, whose products are exact in any order
        a, b = (RNG.integers(-9, 9, size=s).astype(float) for s in (one, two))
        assert_same(source, a, b)


def test_stacks_that_are_spread_are_left_to_numpy() -> None:
    a, b = np.ones((1, 3, 4)), np.ones((2, 4, 5))
    assert by_kernel("\ndef f(a, b):\n    return a @ b\n", (a, b)).failed is not None
