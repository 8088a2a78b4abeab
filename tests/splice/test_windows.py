"""Windows of larger arrays in sums: NumPy adds several axes up in the order in which they lie in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .dispatching import Guarded, guarded, plain

SOURCE = """
import numpy as np

def moments(w, y, x):
    wy = w * y
    return np.sum(wy * y - 2 * wy * x), np.sum(-w)

def scaled(w, y, x):
    return centred(w * 0.1) + np.sum(y * x)

def centred(w):
    return np.sum(w)

def mass(w, y, x):
    return np.sum(w) + np.sum(w * y * x)

def rows(w, y, x):
    v = w[1:, ::-1]
    return np.sum(v) + y[0, 0] + x[0, 0]

def middle(w, y, x):
    return np.sum((w.sum(axis=0) * y - x) * 0.1)

def empty_like(w, y, x):
    v = np.zeros_like(w)
    v[:] = w
    return np.sum(v) + y[0, 0] + x[0, 0]
"""
LARGE = np.random.default_rng(3).normal(size=(40, 50))
Y, X = (np.ascontiguousarray(a, dtype=float) for a in np.mgrid[-4:5, -6:7] / 7)
WINDOW = LARGE[3:12, 4:17]
OTHERS = {
    "an array of its own": WINDOW.copy(),
    "in Fortran's order": np.asfortranarray(WINDOW),
    "a window of the transposed": np.asfortranarray(LARGE)[3:12, 4:17],
    "rows from below": LARGE[11:2:-1, 4:17],
    "columns from the right": LARGE[3:12, 16:3:-1],
    "each second column": LARGE[3:12, 4:30:2],
    "one row many times": np.broadcast_to(LARGE[0, :13], (9, 13)),
    "a window of windows": np.lib.stride_tricks.sliding_window_view(LARGE[0, :21], 13),
}
IN_ROWS = {"an array of its own", "each second column"}


def _case(name: str) -> Guarded:
    return guarded(SOURCE, name, WINDOW.copy(), Y, X)


def _agrees(case: Guarded, *args: Any) -> bool:
    """Whether the kernel ran; what comes out is the same in any case. The arguments are no copies: these
    would lie in memory in another way."""
    ran, got = case.fast(*args)
    assert plain(got) == plain(case.original(*args))
    return bool(ran)


@pytest.mark.parametrize("name", ["moments", "scaled"])
def test_a_window_is_taken_where_products_of_it_are_summed(name: str) -> None:
    case = _case(name)
    assert _agrees(case, WINDOW, Y, X)
    assert _agrees(case, WINDOW, WINDOW, X)
    for text, other in OTHERS.items():
        assert _agrees(case, other, Y, X) == (text in IN_ROWS), text
    for k in (0, 1):
        assert not _agrees(case, *(a[:, k : k + 1] for a in (WINDOW, Y, X)))


@pytest.mark.parametrize("name", ["mass", "rows", "middle", "empty_like"])
def test_a_window_that_is_summed_itself_is_left_to_numpy(name: str) -> None:
    case = _case(name)
    assert _agrees(case, WINDOW.copy(), Y, X)
    assert not _agrees(case, WINDOW, Y, X)


def test_all_sums_agree_bit_by_bit_with_windows_of_any_order() -> None:
    case, taken = _case("moments"), 0
    rng = np.random.default_rng(5)
    for _ in range(200):
        args: list[Any] = []
        shape = tuple(rng.integers(1, 20, 2))
        for _ in range(3):
            steps = rng.integers(1, 3, 2)
            large = np.asarray(
                rng.normal(size=shape * steps + 1), order=rng.choice(["C", "C", "F"])
            )
            args.append(large[: shape[0] * steps[0] : steps[0], : shape[1] * steps[1] : steps[1]])
        taken += _agrees(case, *args)
    assert taken > 30
