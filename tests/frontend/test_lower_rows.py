"""Lists of rows of any lengths: reading them, passing them on, and what is declined."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.diagnostics import Declined
from loopwright.frontend.lower_source import region_of_source
from loopwright.ir.types import FLOAT, INT, Array, ListOf, Ragged
from loopwright.signatures import Signature, annotated, lower_region

from .lowering import assert_same

ROWS = [[1, 2, 3], [], [0], [4, 4, -1, 2]]
REALS = [[1.5], [2.5, -1.0, 0.0], []]
ARRAYS = [np.array([1.0, 2.0, 3.0]), np.array([]), np.array([4.0])]

CASES: list[tuple[str, str, tuple[Any, ...]]] = [
    (
        "neighbours in a graph",
        """
def f(links, rank):
    new = np.zeros(len(links))
    for page in range(len(links)):
        if not links[page]:
            new[page] += 1.0
            continue
        share = rank[page] / len(links[page])
        for target in links[page]:
            new[target] += share
    return new
""",
        ([[1, 2, 3], [], [0], [3, 1, -1, 2]], np.arange(1.0, 5.0)),
    ),
    (
        "a target that is out of range",
        """
def f(links, rank):
    for row in links:
        for target in row:
            rank[target] += 1.0
    return rank
""",
        ([[1], [0, 9]], np.arange(2.0)),
    ),
    (
        "rows, elements and lengths in every way",
        """
def f(rows):
    total = 0
    for k, row in enumerate(rows):
        for x in row:
            total = total * 3 + x + k
        if row:
            total += row[-1] + len(row) + sum(row) + max(row)
    for row in reversed(rows):
        total = total * 7 + len(row)
    return total, len(rows), rows[-1][0], rows[2][-1], [len(r) for r in rows]
""",
        (ROWS,),
    ),
    (
        "rows that are passed to a function",
        """
def distance(a, b):
    t = 0
    for x in a:
        for y in b:
            t += abs(x - y) + len(a)
    return t

def count(rows):
    n = 0
    for row in rows:
        n += len(row)
    return n

def f(refs, hyps):
    out = []
    for a, b in zip(refs, hyps):
        out.append(distance(a, b))
    return out, count(refs), count(hyps)
""",
        (ROWS, [[3], [1, 2], [], [5, 6]]),
    ),
    (
        "one of two lists of rows",
        """
def f(a, b, swap):
    rows = a
    if swap:
        rows = b
    t = 0.0
    for row in rows:
        for x in row:
            t = t * 0.5 + x
        rows = b
    return t + len(rows)
""",
        (ARRAYS, [np.array([0.5]), np.array([])], True),
    ),
    (
        "rows that are arrays",
        """
def f(rows):
    s = 0.0
    best = rows[0][0]
    for j in range(len(rows)):
        for t in rows[j]:
            s += t * j
        if len(rows[j]) > 0:
            best = max(best, rows[j].max(), rows[j][-1])
    return s, best, rows[0].sum(), rows[2] * 2.0
""",
        (ARRAYS,),
    ),
    (
        "a row as an array",
        "\ndef f(rows):\n    return np.array(rows[3]), sorted(rows[3])\n",
        (ROWS,),
    ),
    (
        "rows of floats",
        "\ndef f(rows):\n    return sum((sum(r, 0.0) for r in rows), 0.0), [len(r) for r in rows]\n",
        (REALS,),
    ),
    ("the first row but one from the end", "\ndef f(r, i):\n    return r[i][0]\n", (ROWS, -2)),
    ("a row before the first", "\ndef f(r, i):\n    return r[i][0]\n", (ROWS, -5)),
    ("a row behind the last", "\ndef f(r, i):\n    return len(r[i])\n", (ROWS, 4)),
    ("an element of an empty row", "\ndef f(r, i):\n    return r[i][0]\n", (ROWS, 1)),
    ("an element of the row before", "\ndef f(r, i):\n    return r[i][-2]\n", (ROWS, 2)),
    ("whether there are rows", "\ndef f(r):\n    return 1 if r else 2\n", (ROWS,)),
]


@pytest.mark.parametrize(("source", "args"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_kernel_does_what_the_function_does(source: str, args: tuple[Any, ...]) -> None:
    assert_same(source, *args)


@pytest.mark.parametrize(
    "statement",
    [
        "r[0][0] = 1",
        "row = r[0]\n    row[0] = 1",
        "put(r[1])",
        "put(r[k])",
        "for q in r:\n        put(q)",
    ],
)
def test_rows_are_not_changed(statement: str) -> None:
    text = f"\ndef put(x):\n    x[0] = 1\n\ndef f(r, k):\n    {statement}\n    return k\n"
    for rows in (ListOf(INT), Array("int64", 1)):
        types = {"r": Ragged(rows), "k": INT}
        lowered = lower_region(region_of_source(text), [Signature(types)])
        assert isinstance(lowered, Declined)
        assert lowered.code == "LW110"


@pytest.mark.parametrize(
    "statement",
    ["r.append([1])", "r[0].append(1)", "r[0] += [1]", "k = r[0]", "r[0] = [1]", "k = r[1:]"],
)
def test_rows_neither_grow_nor_leave(statement: str) -> None:
    text = f"\ndef f(r, k):\n    {statement}\n    return k\n"
    lowered = lower_region(
        region_of_source(text), [Signature({"r": Ragged(ListOf(INT)), "k": INT})]
    )
    assert isinstance(lowered, Declined)


def test_annotations_of_nested_lists_are_read_as_rows_too() -> None:
    text = "\ndef f(a: list[list[int]], b: list[list[float]]):\n    return len(a) + len(b)\n"
    found = annotated(region_of_source(text))
    assert not isinstance(found, Declined)
    assert found[0].types == {"a": Ragged(ListOf(INT)), "b": ListOf(FLOAT, 2)}
    assert any(s.types["b"] == Ragged(ListOf(FLOAT)) for s in found)


def test_what_a_recording_saw_is_told_where_no_kernel_takes_it() -> None:
    region = region_of_source("def f(x):\n    return sum(v * 2 for v in x)\n")
    lowered = lower_region(region, [Signature({}, unknown={"x": "MaskedArray"})])
    assert isinstance(lowered, Declined) and lowered.code == "LW305"
    assert lowered.why == "`x` is of type MaskedArray, which kernels do not take"
