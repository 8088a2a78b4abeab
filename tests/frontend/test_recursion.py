"""Functions that call themselves."""

from __future__ import annotations

from typing import Any

import pytest
from levels import levels

from loopwright.ir.interp import KernelFailed

from .levelled import assert_same_on_all_levels
from .lowering import assert_same, program_for, refusal

FIB = """
def f(n):
    if n < 2:
        return n
    return f(n - 1) + f(n - 2)
"""
SORT = """
def f(a, lo, hi):
    if lo >= hi:
        return
    p, i, j = a[(lo + hi) // 2], lo, hi
    while i <= j:
        while a[i] < p:
            i += 1
        while a[j] > p:
            j -= 1
        if i <= j:
            a[i], a[j] = a[j], a[i]
            i += 1
            j -= 1
    f(a, lo, j)
    f(a, i, hi)
"""
MERGE = """
def f(a):
    if len(a) <= 1:
        return a
    left, right = f(a[:len(a) // 2]), f(a[len(a) // 2:])
    out = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            out.append(left[i])
            i += 1
        else:
            out.append(right[j])
            j += 1
    return out + left[i:] + right[j:]
"""
QUEENS = """
def f(n):
    board = [-1] * n
    def safe(row, col):
        for r in range(row):
            if board[r] == col or abs(board[r] - col) == row - r:
                return False
        return True
    def place(row):
        if row == n:
            return 1
        count = 0
        for col in range(n):
            if safe(row, col):
                board[row] = col
                count += place(row + 1)
        return count
    return place(0), board
"""
LEVELLED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "two calls": (FIB, (12,)),
    "a list that is sorted in place": (SORT, ([5, 3, 9, 1, 1, 8, 2], 0, 6)),
    "lists that are cut, made and handed back": (MERGE, ([5, 3, 9, 1, 1, 8, 2],)),
    "a function in a function": (QUEENS, (5,)),
}


@pytest.mark.parametrize(("source", "args"), LEVELLED.values(), ids=LEVELLED)
def test_they_compute_what_python_does(source: str, args: tuple[Any, ...]) -> None:
    assert_same_on_all_levels(source, *args)


COVERED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "the result's type is widened by a call": (
        "def f(n):\n    return 1 if n == 0 else f(n - 1) * 0.5",
        (4,),
    ),
    "an argument of another type than the first": (
        "def f(x, n):\n    if n == 0:\n        return x\n    return f(x / 2, n - 1)",
        (5, 3),
    ),
    "a parameter that tells what to do": (
        "def f(n, up):\n    if up:\n        return n\n    return f(n + 1, n > 3)",
        (0, False),
    ),
    "calls in a generator": (
        "def f(n, a):\n    if n <= 0:\n        return int(n == 0)\n"
        "    return sum(f(n - v, a) for v in a)",
        (6, [1, 2, 3]),
    ),
    "a table that is filled on the way": (
        "def g(n, memo):\n    if n < 2:\n        return n\n    if memo[n] >= 0:\n        return memo[n]\n"
        "    memo[n] = g(n - 1, memo) + g(n - 2, memo)\n    return memo[n]\n"
        "def f(n):\n    memo = [-1] * (n + 1)\n    return g(n, memo), memo",
        (30,),
    ),
    "one that calls itself and another one that does": (
        "def g(n):\n    return 0 if n == 0 else 2 + g(n - 1)\n"
        "def f(n):\n    return 1 if n == 0 else g(n) + f(n - 1)",
        (5,),
    ),
    "a row of marks": (
        "def f(grid, i, j, seen):\n"
        "    if i < 0 or j < 0 or i >= len(grid) or j >= len(grid[0]) or seen[i][j] or not grid[i][j]:\n"
        "        return 0\n    seen[i][j] = True\n"
        "    return 1 + f(grid, i + 1, j, seen) + f(grid, i, j + 1, seen) + f(grid, i, j - 1, seen)",
        ([[1, 1, 0], [0, 1, 1]], 0, 0, [[False] * 3, [False] * 3]),
    ),
}


@pytest.mark.parametrize(("source", "args"), COVERED.values(), ids=COVERED)
def test_they_are_lowered(source: str, args: tuple[Any, ...]) -> None:
    assert_same(source, *args)


GIVES_UP = {
    "a list that all calls put something into": (
        "def f(n):\n    out = []\n    def g(i, d):\n        out.append(i)\n        if d > 0:\n"
        "            g(i + 1, d - 1)\n            g(i + 2, d - 1)\n        out.append(-i)\n"
        "    g(0, n)\n    return out, len(out)",
        (3,),
    ),
    "calls without an end": ("def f(n):\n    return 0 if n == 0.5 else f(n + 1)", (0,)),
    "an index beyond the list, deep inside": (
        "def f(a, n):\n    a[n] = n\n    return 0 if n > 9 else f(a, n + 1)",
        ([1, 2, 3], 0),
    ),
    "a number beyond 64 bits": ("def f(n):\n    return 1 if n < 2 else n * f(n - 1)", (25,)),
}


@pytest.mark.parametrize(("source", "args"), GIVES_UP.values(), ids=GIVES_UP)
def test_the_original_runs_where_a_kernel_gives_up(source: str, args: tuple[Any, ...]) -> None:
    assert_same_on_all_levels(source, *args, gives_up=True)


def test_a_kernel_goes_as_deep_as_python_allows_and_no_deeper() -> None:
    source = "def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)"
    program, _, _ = program_for(source, (5,))
    (kernel,) = [level.kernel for level in levels(program, ("numba",)) if level.name == "numba"]
    assert kernel([700]) == 700
    with pytest.raises(KernelFailed):
        kernel([10**9])


DECLINED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "through another function": (
        "def g(n):\n    return f(n - 1)\ndef f(n):\n    return 0 if n < 1 else g(n) + f(n - 2)",
        (5,),
    ),
    "with tuples that grow": (
        "def f(t, n):\n    return len(t) if n < 1 else f((t, n), n - 1)",
        ((1, 2), 5),
    ),
}


@pytest.mark.parametrize(("source", "args"), DECLINED.values(), ids=DECLINED)
def test_other_ways_are_declined(source: str, args: tuple[Any, ...]) -> None:
    assert refusal(source, *args).code == "LW105"
