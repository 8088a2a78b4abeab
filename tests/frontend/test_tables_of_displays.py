"""Displays of rows of one length are tables, which meet other tables and lists of rows."""

from __future__ import annotations

from typing import Any

import pytest

from .levelled import assert_same_on_all_levels
from .lowering import assert_same, by_kernel

CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "powers of a matrix": (
        "def f(n, x):\n    m = [[1, 0], [0, 1]]\n    for _ in range(n):\n"
        "        m = [[sum(m[i][k] * x[k] for k in range(2)) for j in range(2)] for i in range(2)]\n"
        "    return m\n",
        (3, [1, 2]),
    ),
    "a table of zeros takes its place": (
        "def f(n, x):\n    m = [[1, 0], [0, 1]]\n    for _ in range(n):\n"
        "        r = [[0] * 2 for _ in range(2)]\n        for i in range(2):\n"
        "            for j in range(2):\n                r[i][j] = m[i][j] + x[j]\n        m = r\n"
        "    return m\n",
        (3, [1, 2]),
    ),
    "a row grows": (
        "def f(n, x):\n    m = [[1, 2], [3, 4]]\n    for k in range(n):\n        m[k % 2].append(x[0])\n"
        "    return m, len(m[0])\n",
        (3, [1, 2]),
    ),
    "rows are appended": (
        "def f(n, x):\n    m = [[1, 2], [3, 4]]\n    for k in range(n):\n        m.append([k, x[0]])\n"
        "    return m\n",
        (3, [1, 2]),
    ),
    "rows of other lengths take their place": (
        "def f(n, x):\n    m = [[1, 2], [3, 4]]\n    if n > 2:\n        m = [[v] * v for v in x]\n"
        "    return m\n",
        (3, [1, 2]),
    ),
    "rows of a table from outside are mapped": (
        "def f(m, n):\n    for _ in range(n):\n        m = [[v * 2 for v in row] for row in m]\n"
        "    return m[1][0], [[v + 1 for v in row] for row in m]\n",
        ([[1, 2], [3, 4]], 3),
    ),
    "rows of a table that is made are mapped": (
        "def f(n, x):\n    m = [[1, 2], [3, 4]]\n    for k in range(n):\n"
        "        m = [[v * k + x[0] for v in row] for row in m]\n    return m, [[0 for _ in r] for r in m]\n",
        (3, [1, 2]),
    ),
    "rows that grow later are mapped": (
        "def f(n, x):\n    m = [[1, 2], [3, 4]]\n    m = [[v * n for v in row] for row in m]\n"
        "    m[0].append(x[0])\n    return m\n",
        (3, [1, 2]),
    ),
    "floats beside ints": (
        "def f(n, x):\n    m = [[1, 0.5], [x[0], n]]\n    m[0][1] = n\n    return m, m[1][0] + m[1][1]\n",
        (3, [1, 2]),
    ),
    "order of evaluation": (
        "def f(n, x):\n    it = [0]\n    def g():\n        it[0] += 1\n        return it[0]\n"
        "    return [[g(), g()], [g(), g()]]\n",
        (3, [1, 2]),
    ),
    "a row is another name": (
        "def f(n, x):\n    m = [[1, 2], [3, 4]]\n    row = m[1]\n    row[0] = 9\n    return m, row[0]\n",
        (3, [1, 2]),
    ),
    "what loops run over": (
        "def f(n, x):\n    s = 0\n    for a, b in [[1, 2], [3, 4]]:\n        s += a * b\n"
        "    for row in [[n, 1], [2, 3]]:\n        s += sum(row)\n    return s\n",
        (3, [1, 2]),
    ),
    "directions": (
        "def f(n, x):\n    s = 0\n    for dx, dy in [[0, 1], [1, 0], [0, -1], [-1, 0]]:\n"
        "        s += dx * n + dy * x[0]\n    return s\n",
        (3, [1, 2]),
    ),
    "None in a table": (
        "def f(n, x):\n    m = [[None, 1], [2, None]]\n    m[0][0] = n\n    return m\n", (3, [1, 2])
    ),
    "rows of unequal length": (
        "def f(n, x):\n    m = [[1], [2, 3]]\n    return m, len(m[1])\n", (3, [1, 2])
    ),
}  # fmt: skip


@pytest.mark.parametrize("source, args", CASES.values(), ids=CASES)
def test_they_do_what_lists_of_lists_do(source: str, args: tuple[Any, ...]) -> None:
    assert_same_on_all_levels(source, *args)


def test_positions_outside_are_left_to_the_original() -> None:
    source = "def f(i, j):\n    m = [[1, 2], [3, 4]]\n    return m[i][j]\n"
    assert_same(source, -1, 1)
    for place in ((2, 0), (0, 2), (-3, 0)):
        assert by_kernel(source, place).failed
