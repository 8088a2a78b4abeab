"""Lists of lists of tuples from outside, such as the edges of each node of a graph."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.ir.types import FLOAT, INT, ListOf, Num, Ragged, Records
from loopwright.workload.types_of import type_of

from .dispatching import agrees, declined, guarded

SOURCE = """
import numpy as np

def total(g, k):
    t = 0.0
    for u in range(len(g)):
        for v, w in g[u]:
            t = 0.5 * t + w * (v - u)
    return t, len(g[k])

def numbered(g, k):
    t = 0
    for u, edges in enumerate(g):
        for j, edge in enumerate(edges):
            t = 3 * t + u * edge[0] + j
    return t

def inner(g, k):
    out = []
    for edges in g:
        out.append(sum(w for _, w in edges))
    return out, [v for v, w in g[k]], g[-1][0][1] if len(g[-1]) > 0 else 0.0

def nearest(g, k):
    best = []
    for edges in g:
        if edges:
            best.append(min(edges, key=lambda e: e[1])[0])
    return best

def part(g, k):
    t = 0.0
    for edges in g[1:k]:
        for v, w in reversed(edges):
            t = 0.5 * t + w * v
    return t

def weights(u, g):
    t = 0.0
    for v, w in g[u]:
        t += w
    return t

def by_helper(g, k):
    t = 0.0
    for u in range(k):
        t = 0.5 * t + weights(u, g)
    return t

def beyond(g, k):
    t = 0
    for u in range(k):
        v, w = g[u][k]
        t += v
    return t

def changed(g, k):
    for u in range(k):
        g[u].append((k, 0.5))
    return 0

def replaced(g, k):
    for u in range(k):
        g[u][0] = (k, 0.5)
    return 0

def handed_out(g, k):
    for u in range(k):
        k += 1
    return g[k]

def itself(g, k):
    for u in range(k):
        k += 1
    return k, g

def collected(g, k):
    out = []
    for u in range(k):
        out.append(g[u])
    return out

def put_beside(g, k, out):
    for u in range(k):
        out.append(u)
    for v, w in g[0]:
        k += 1
    return k
"""
GRAPH = [[(1, 0.5), (2, 1.5)], [], [(0, -1.0)], [(3, 2.0), (1, 0.25), (0, 0.5)]]
OTHERS = [
    [[(1, 0.5)]] * 4,
    [[], [], [], [(0, 1.0)]],
    [[(9, -0.0), (2**31 - 1, 1e300)], [(4, 4.0)], [(0, 0.0), (0, 1.0)]],
]
NAMES = ["total", "numbered", "inner", "nearest", "part", "by_helper", "beyond"]


@pytest.mark.parametrize("name", NAMES)
def test_the_kernel_runs_and_does_the_same(name: str) -> None:
    case = guarded(SOURCE, name, GRAPH, 0)
    answered = [agrees(case, g, k) for g in (GRAPH, *OTHERS, []) for k in (0, 1, 2, 3)]
    assert sum(answered) >= 7


REFUSED: dict[str, Any] = {
    "a list of tuples": [(1, 0.5)],
    "rows that are tuples": [((1, 0.5),)],
    "a row that is none": [[(1, 0.5)], None],
    "tuples of another length": [[(1, 0.5)], [(1, 0.5, 2)]],
    "lists for tuples": [[[1, 0.5]]],
    "an item of another type": [[(1, 0.5), (1, 2)]],
    "a bool for an int": [[(True, 0.5)]],
    "an int beyond 64 bits": [[(2**70, 0.5)]],
    "a tuple of rows": ([(1, 0.5)],),
}


@pytest.mark.parametrize("g", REFUSED.values(), ids=REFUSED)
def test_other_lists_run_the_original(g: Any) -> None:
    assert not agrees(guarded(SOURCE, "total", GRAPH, 0), g, 0)


@pytest.mark.parametrize("name", ["changed", "replaced", "handed_out", "itself", "collected"])
def test_what_would_show_that_kernels_have_copies_is_declined(name: str) -> None:
    assert declined(SOURCE, name, GRAPH, 1).code.startswith("LW1")


def test_an_empty_row_that_the_kernel_appends_to_runs_the_original() -> None:
    case = guarded(SOURCE, "put_beside", GRAPH, 1, [1])
    assert agrees(case, GRAPH, 1, [1])
    row: list[Any] = []
    assert not agrees(case, [row], 0, row)


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, np.uint8, np.bool_])
def test_numbers_of_numpy(kind: Any) -> None:
    source = """
def f(x, k):
    return [sum(row) for row in x], [[v + v for v in row] for row in x], x[k][0], x[0][:k], max(x[k])
"""
    rows = [[kind(3), kind(1)], [kind(0)], [kind(200 % 7)] * 3]
    case = guarded(source, "f", rows, 1)
    for x in (rows, rows[::-1], [rows[0], [], rows[1]]):
        assert agrees(case, x, 2)
    assert agrees(case, rows, -1)
    assert not agrees(case, rows, 3)
    for one in (1, 1.0, np.int16(1)):
        assert not agrees(case, [*rows, [one]], 1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (GRAPH, Ragged(Records((INT, FLOAT)))),
        ([[(1, 2)], [(3, 4)]], Ragged(Records((INT, INT)))),
        ([[], []], None),
        ([[(1, 2)], [(3, 4.0)]], None),
        ([[(1, 2)], [3]], None),
        ([[(1, (2, 3))]], None),
        ([[[(1, 2)]]], None),
        ([[{1: 1}]], None),
        ([[1], []], Ragged(ListOf(INT))),
        ([[np.int8(1)], []], Ragged(ListOf(Num("int8")))),
    ],
    ids=str,
)
def test_the_types(value: Any, expected: Any) -> None:
    assert type_of(value) == expected
