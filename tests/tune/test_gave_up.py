"""What is told of kernels that give up on the input that they were measured on."""

from __future__ import annotations

import numpy as np

import loopwright as lw


def grown(n):  # type: ignore[no-untyped-def]
    total = 1
    for k in range(n):
        total = total * 3 + k
    return total


def test_the_check_that_failed_is_told_with_its_line() -> None:
    # kernels count in 64 bits; where that is too little, the original runs
    made = lw.optimize(grown, examples=[(3000,)], backend="numba")
    line = grown.__code__.co_firstlineno + 3
    assert (made.rewritten, made.result.code) == (False, "LW501")
    assert f"the kernel gave up midway in line {line}: " in made.result.reason
    assert made(3000) == grown(3000)


def scaled(a, b, n):  # type: ignore[no-untyped-def]
    total = 0.0
    for k in range(n):
        total += (a * b + k).sum()
    return total


def test_axes_that_are_stretched_take_another_variant() -> None:
    example = np.ones((1, 6)), np.ones(1), 500
    made = lw.optimize(scaled, examples=[example], backend="numba")
    assert made.rewritten, made.result.reason
    for a, b in ((1, 6), 1), ((3, 6), 6), ((3, 1), 6), ((2, 2), 3), ((0, 3), 1):
        given = np.ones(a) * 0.5, np.ones(b) * 0.25, 40
        try:
            wanted = scaled(*given)
        except ValueError:
            continue
        assert made(*given) == wanted
