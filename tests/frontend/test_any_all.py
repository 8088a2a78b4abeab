"""`any` and `all` of generators and of lists."""

from __future__ import annotations

from typing import Any

import pytest

from .lowering import assert_same, by_kernel, by_python

NESTED = """
def f(board, n):
    a = any(v == n for row in board for v in row)
    b = all(v < n for row in board if row[0] > 0 for v in row if v != 2)
    c = any(board[i][j] > 5 and i != j for i in range(len(board)) for j in range(i))
    d = all(x > y for x in range(n) for y in range(x, n) for z in range(y) if z > 1)
    return a, b, not c, d
"""


@pytest.mark.parametrize("n", (0, 1, 2, 4, 9))
@pytest.mark.parametrize(
    "board", ([[1, 2], [3, 4]], [[0, 9], [1, 2]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[5]]), ids=str
)
def test_loops_inside_of_loops(board: Any, n: int) -> None:
    assert_same(NESTED, board, n)


def test_nothing_is_looked_at_behind_the_item_that_decides() -> None:
    source = "\ndef f(board):\n    return any(1 / v > 1 for row in board for v in row)\n"
    assert_same(source, [[3.0, 0.5], [0.0, 1.0]])
    assert by_kernel(source, ([[3.0, 2.0], [0.0, 1.0]],)).failed is not None


@pytest.mark.parametrize(
    ("source", "argument"),
    [
        ("any([1 / v > 1 for v in x])", [0.5, 0.0]),
        ("all([x[i + 1] > v for i, v in enumerate(x)])", [2.0, 1.0]),
        ("any([1 / v > 1 for row in x for v in row])", [[0.5, 0.0], [1.0, 1.0]]),
    ],
)
def test_all_items_of_a_list_come_first(source: str, argument: Any) -> None:
    text = f"\ndef f(x):\n    return {source}\n"
    assert by_python(text, (argument,)).failed is not None
    assert by_kernel(text, (argument,)).failed is not None


def test_a_list_that_raises_nothing() -> None:
    assert_same(
        "\ndef f(x):\n    return any([v > 1 for v in x]), all([v > 1 for v in x])\n", [2, 0]
    )
