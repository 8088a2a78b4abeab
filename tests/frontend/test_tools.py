"""Iterators of itertools, and the columns of lists of lists."""

from __future__ import annotations

import pytest

from .lowering import assert_same, by_kernel, refusal

HEAD = "import itertools\nfrom itertools import pairwise, repeat\n"
X, ROWS = [3, 1, 4, 1, 5], [[1, 2, 3], [4, 5, 6]]
COVERED = {
    "neighbours": "return [a - b for a, b in pairwise(x)], sum(a * b for a, b in itertools.pairwise(x))",
    "neighbours in a loop": "s = 0\n    for a, b in pairwise(x):\n        s = s * 2 + (a > b)\n    return s",
    "neighbours of one": "return [a - b for a, b in pairwise(x[:1])]",
    "of a range": "return [(a, b) for a, b in pairwise(range(0, 9, 3))]",
    "one number again and again": "return [a * b for a, b in zip(x, repeat(2))], list(repeat(1.5, 3))",
    "a name that may hold either": (
        "y = 0.5\n    if not isinstance(y, list):\n        y = repeat(y, len(x))\n"
        "    s = 0.0\n    for i, a, b in zip(range(len(x)), x, y):\n        s += i * a * b\n    return s"
    ),
    "no times": "return list(repeat(1, -2))",
    "columns": "return [sum(c) for c in zip(*rows)], [list(c) for c in zip(*rows)]",
    "rows times columns": "return [[sum(a * b for a, b in zip(r, c)) for c in zip(*rows)] for r in rows]",
    "columns of rows of several lengths": (
        "m = [[i] * (i + 2) for i in x]\n    return [max(c) for c in zip(*m)]"
    ),
    "columns of no rows": "m = [[i] for i in x if i > 9]\n    return [max(c) for c in zip(*m)]",
}


@pytest.mark.parametrize("body", COVERED.values(), ids=COVERED)
def test_they_are_those_of_python(body: str) -> None:
    assert_same(f"{HEAD}def f(x, rows):\n    {body}\n", X, ROWS)


DECLINED = {
    "neighbours that change": "for a, b in pairwise(x):\n        x[0] = a\n    return x",
    "neighbours that a function changes": (
        "def g(a):\n        x[0] += 1\n        return a\n    return [g(a) for a, b in pairwise(x)]"
    ),
    "columns of rows that are others meanwhile": (
        "s = 0\n    for c in zip(*rows):\n        s += sum(c)\n        rows = [[1]]\n    return s"
    ),
    "an iterator that is run over twice": (
        "y = repeat(1, 3)\n    return sum(a for a in y) + sum(a for a in y)"
    ),
    "an iterator that is read in a loop": (
        "y, s = repeat(1, 3), 0\n    for k in range(2):\n        s += sum(a for a in y)\n    return s"
    ),
    "an iterator that is returned": "return repeat(1, 3)",
}


@pytest.mark.parametrize("body", DECLINED.values(), ids=DECLINED)
def test_other_forms_are_declined(body: str) -> None:
    assert refusal(f"{HEAD}def f(x, rows):\n    {body}\n", X, ROWS).code in (
        "LW102",
        "LW103",
        "LW107",
        "LW302",
    )


def test_an_import_that_surely_works_is_not_that_of_its_handler() -> None:
    source = (
        "try:\n    from collections.abc import Sequence\nexcept ImportError:\n"
        "    from collections import Sequence\n"
        "def f(x):\n    return sum(x) if isinstance(x, Sequence) else 0\n"
    )
    assert by_kernel(source, (X,)).result == 14
