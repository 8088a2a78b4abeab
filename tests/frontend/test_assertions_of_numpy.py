"""Assertions of `numpy.testing` inside regions."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loopwright.frontend.outline import outline
from loopwright.frontend.region import Module

from .lowering import assert_same, by_kernel, refusal

X = np.array([0.25, 0.75, np.nan])
CALLS = (
    "assert_allclose(x.sum(), 3.0, err_msg='{}'.format(x.sum()))", "assert_allclose(x, y)",
    "assert_allclose(x, 1)",
    "assert_allclose(x, y, rtol=0.5, equal_nan=False)", "assert_allclose(x, y, 0.0, 0.26, err_msg=f'{x[0]}')",
    "assert_almost_equal(x.sum(), 3)", "assert_almost_equal(x, y, decimal=1, verbose=False)",
    "assert_array_almost_equal(x, y)", "assert_allclose(k, 2)",
)  # fmt: skip
PAIRS = {
    "equal": (X, X), "ones": (np.ones(3), np.ones(3)), "close": (np.ones(3), np.ones(3) + 1e-9),
    "apart": (np.ones(3), np.ones(3) * 1.2), "NaN in one": (X, np.nan_to_num(X)),
    "infinite": (np.array([np.inf, 1.0, 2.0]), np.array([np.inf, 1.0, 2.0])),
    "lengths that broadcast": (np.ones(3), np.ones(1)),
}  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize("call", CALLS)
def test_it_passes_or_the_original_raises(call: str, pair: tuple[Any, Any]) -> None:
    assert_same(f"\ndef f(x, y, k):\n    np.testing.{call}\n    return x[0] * 2\n", *pair, 2)


def test_what_is_barely_passed_is_left_to_the_original() -> None:
    source = "\ndef f(x):\n    np.testing.assert_almost_equal(x, 1)\n    return x\n"
    assert by_kernel(source, (1 + 1.3e-7,)).failed == "assertion"


@pytest.mark.parametrize(
    "message", ("'%s' % x", "'{:d}'.format(x)", "'{1}'.format(x)", "f'{x:.3f}'")
)
def test_a_message_that_may_fail_is_declined(message: str) -> None:
    source = f"\ndef f(x):\n    np.testing.assert_allclose(x, 1, err_msg={message})\n    return x\n"
    assert refusal(source, 1.0).code == "LW102"


def test_a_loop_around_one_is_a_region() -> None:
    text = """
import numpy as np

def f(q):
    for i in range(len(q)):
        q[i] = q[i] / q[i].sum()
        np.testing.assert_allclose(q[i].sum(), 1, err_msg="{}".format(q[i].sum()))
    return q
"""
    (region,) = outline(Module(Path("m.py"), "m", text, ast.parse(text)))
    assert region.form == "body"


def test_whether_integers_are_almost_equal_is_declined() -> None:
    source = "\ndef f(a, b):\n    np.testing.assert_almost_equal(a, b)\n    return a\n"
    assert refusal(source, 2**60, 2**60 + 1).code == "LW102"
