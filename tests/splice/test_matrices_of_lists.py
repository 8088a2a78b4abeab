"""Lists of matrices at the door: what a kernel takes, and what is left to the original."""

from __future__ import annotations

import numpy as np

from .dispatching import agrees, guarded

SOURCE = """
import numpy as np

def total(ms, out):
    for k, m in enumerate(ms):
        for row in m:
            out[0] += row[0] * k - row[1]
    return len(ms)
"""


def matrices(*lengths: int) -> list[np.ndarray]:
    return [np.arange(2.0 * n).reshape(n, 2) + n for n in lengths]


def test_matrices_that_differ_in_the_first_axis_alone_are_taken() -> None:
    made = guarded(SOURCE, "total", matrices(2, 2), np.zeros(1))
    assert agrees(made, matrices(3, 1, 4), np.zeros(1))
    assert agrees(made, [np.asfortranarray(m) for m in matrices(3, 3)], np.zeros(1))
    assert agrees(made, [m[::-1] for m in matrices(3, 0, 2)], np.zeros(1))
    assert agrees(made, matrices(3, 2) * 2, np.zeros(1))


def test_other_lists_are_left_to_the_original() -> None:
    made = guarded(SOURCE, "total", matrices(2, 2), np.zeros(1))
    wide = np.arange(6.0).reshape(2, 3)
    for ms in (
        [*matrices(2), wide],
        [*matrices(2), np.ones((2, 2), np.float32)],
        [*matrices(2), [[1.0, 2.0]]],
        [*matrices(2), np.ones((1, 2, 2))],
        tuple(matrices(2, 2)),
    ):
        assert not agrees(made, ms, np.zeros(1))


def test_a_matrix_that_the_kernel_would_change_is_left_to_the_original() -> None:
    made = guarded(SOURCE, "total", matrices(2, 2), np.zeros(1))
    m = np.arange(4.0).reshape(2, 2)
    ran, _ = made.fast([m], m[0])
    assert not ran
