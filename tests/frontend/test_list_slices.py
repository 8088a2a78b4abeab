"""Assignment to slices of lists that keeps their length."""

from __future__ import annotations

import pytest

from .levelled import assert_same_on_all_levels
from .lowering import assert_same, by_kernel, refusal

X = [1.5, -2.0, 0.25, 4.0, 3.0]
COVERED = {
    "a part": "x[1:3] = [0.0, 9.0]",
    "every second": "x[::2] = [0.0] * 3",
    "from the end": "x[-2:] = [7.0, 8.0]",
    "all": "x[:] = [v * 2 for v in x]",
    "bounds beyond the list": "x[3:99] = [7.0, 8.0]\n    x[-99:1] = [6.0]",
    "nothing": "x[2:2] = []\n    x[4:1] = x[:0]",
    "a part of itself": "x[1:4] = x[:3]",
    "a list of its own": "y = [0] * 6\n    y[1::2] = [n, n, n]\n    x[0] = sum(y)",
    "ints among floats": "y = [0.5] * 4\n    y[:2] = [n, 1]\n    return x, y",
    "a step that is computed": "x[n - 3 :: n - 1] = [0.0] * 3",
    "a table's row": "m = [[1, 2], [3, 4]]\n    m[1][:1] = [n]\n    return x, m",
}
SIEVE = """
def f(n):
    prime = [True] * (n + 1)
    prime[0:2] = [False, False]
    for i in range(2, int(n**0.5) + 1):
        if prime[i]:
            prime[i * i :: i] = [False] * len(range(i * i, n + 1, i))
    return [i for i, p in enumerate(prime) if p]
"""


@pytest.mark.parametrize("body", COVERED.values(), ids=COVERED)
def test_the_elements_take_their_places(body: str) -> None:
    end = "" if "return" in body else "\n    return x"
    assert_same_on_all_levels(f"def f(x, n):\n    {body}{end}\n", X, 3)


@pytest.mark.parametrize("n", [1, 2, 30, 50])
def test_a_sieve(n: int) -> None:
    assert_same(SIEVE, n)


OTHERS = {
    "a list that would grow": "x[1:2] = [1.0, 2.0]",
    "a list that would shrink": "x[1:4] = [1.0]",
    "a list of another length": "x[::2] = [1.0]",
    "a negative step": "x[::-1] = [v for v in x]",
    "no step": "x[:: n - n] = [1.0]",
}


@pytest.mark.parametrize("body", OTHERS.values(), ids=OTHERS)
def test_others_are_left_to_the_original(body: str) -> None:
    assert by_kernel(f"def f(x, n):\n    {body}\n    return x\n", (X, 3)).failed


def test_other_things_in_the_place_of_a_slice_are_declined() -> None:
    assert refusal("def f(x, n):\n    x[1:3] = range(2)\n    return x\n", X, 3).code in (
        "LW101",
        "LW102",
    )
