"""What is told of kernels that give up on the input that they were measured on."""

from __future__ import annotations

import numpy as np

import loopwright as lw


def scaled(a, b, n):  # type: ignore[no-untyped-def]
    total = 0.0
    for k in range(n):
        total += (a * b + k).sum()
    return total


def test_the_check_that_failed_is_told_with_its_line() -> None:
    # kernels take axes for equally long; where one is spread over the other, the original runs
    example = np.ones((1, 6)), np.ones(1), 500
    made = lw.optimize(scaled, examples=[example], backend="numba")
    line = scaled.__code__.co_firstlineno + 2
    told = f"the kernel gave up midway in line {line}: operands could not be broadcast together"
    assert (made.rewritten, made.result.code) == (False, "LW501")
    assert told in made.result.reason
    assert made(*example) == scaled(*example)
