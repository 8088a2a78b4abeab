"""Lists of tuples from outside that are only read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.ir.types import FLOAT, INT, Num, Records
from loopwright.workload.codec import decode_type, encode_type
from loopwright.workload.types_of import type_of

from .dispatching import agrees, declined, guarded

SOURCE = """
import numpy as np

MOVES = [(-1, 0), (1, 0), (0, -1), (0, 1)]

def lengths(edges):
    t = 0.0
    for u, v, w in edges:
        t += w * (v - u)
    return t, len(edges)

def relaxed(edges, n):
    dist = [1e18] * n
    dist[0] = 0.0
    for _ in range(n):
        for k in range(len(edges)):
            e = edges[k]
            if dist[e[0]] + e[2] < dist[e[1]]:
                dist[e[1]] = dist[e[0]] + e[2]
    return dist

def steps(actions, side):
    r = c = side // 2
    seen = np.zeros((side, side))
    for a in actions:
        dr, dc = MOVES[a]
        r = min(max(r + dr, 0), side - 1)
        c = min(max(c + dc, 0), side - 1)
        seen[r, c] += 1.0
    return seen

def firsts(pairs):
    out = []
    for i, (a, b) in enumerate(pairs):
        out.append(a * i + b)
    return out

def behind(pairs, k):
    return pairs[-1][0] + pairs[k][1]

def reversed_sum(pairs):
    t = 0.0
    for a, b in reversed(pairs):
        t = 0.5 * t + a - b
    return t

def copied(pairs):
    out = []
    for p in pairs:
        out.append(p)
    return out

def present(pairs, k):
    n = 0
    for i in range(k):
        if (i, i) in pairs:
            n += 1
    return n

def stored(pairs):
    for i in range(len(pairs)):
        pairs[i] = (0.0, 0.0)

def grown(pairs):
    for i in range(3):
        pairs.append((0.0, 0.0))

def sorted_in_place(pairs):
    pairs.sort()
    t = 0.0
    for a, b in pairs:
        t = 0.5 * t + a
    return t

def handed_back(pairs):
    t = 0.0
    for a, b in pairs:
        t += a
    return pairs, t

def element(pairs):
    best = pairs[0]
    for p in pairs:
        if p[0] > best[0]:
            best = p
    return best

class Grid:
    def __init__(self, moves):
        self.moves = moves

    def run(self, n):
        t = 0
        for i in range(n):
            dr, dc = self.moves[i % 4]
            t = t * 2 + dr - dc
            t %= 1009
        return t
"""
EDGES = [(0, 1, 2.5), (1, 2, 0.5), (0, 2, 4.0), (2, 1, -0.25)]
PAIRS = [(1.5, 2.0), (-0.0, 3.0), (float("nan"), 1.0)]


@pytest.mark.parametrize(
    ("name", "args", "others"),
    [
        ("lengths", (EDGES,), [([(5, 2, 1.0)],), ([(0, 0, -0.0)] * 7,)]),
        ("relaxed", (EDGES, 3), [([(0, 1, 1.0)], 2)]),
        ("steps", ([0, 1, 2, 3, 3], 4), [([1] * 9, 3)]),
        ("firsts", (PAIRS,), [(PAIRS[:1],)]),
        ("behind", (PAIRS, 1), [(PAIRS, -2)]),
        ("reversed_sum", (PAIRS,), [(PAIRS[:2],)]),
        ("copied", (PAIRS,), [(PAIRS[:2],)]),
        ("present", ([(1, 1), (2, 3)], 5), [([(4, 4)], 5)]),
        ("element", (PAIRS,), [(PAIRS[:2],)]),
    ],
)
def test_the_kernel_runs_and_does_the_same(
    name: str, args: tuple[Any, ...], others: list[tuple[Any, ...]]
) -> None:
    case = guarded(SOURCE, name, *args)
    for each in (args, *others):
        assert agrees(case, *each)


def test_a_list_in_an_attribute() -> None:
    moves = [(1, 0), (0, 1), (-1, 0), (0, -1)]
    case = guarded(SOURCE, "Grid.run", lambda s: s["Grid"](moves), 9)
    assert agrees(case, case.space["Grid"](moves[::-1]), 9)
    assert not agrees(case, case.space["Grid"]([(1.0, 0)] * 4), 9)


def test_an_index_out_of_range_raises_as_before() -> None:
    case = guarded(SOURCE, "behind", PAIRS, 1)
    assert not agrees(case, PAIRS, 3)


def test_another_global_list_is_taken() -> None:
    case = guarded(SOURCE, "steps", [0, 1, 2], 4)
    case.space["MOVES"].append((2, 2))
    assert agrees(case, [4, 1, 2], 4)
    case.space["MOVES"][0] = [0, 0]
    assert not agrees(case, [0, 1, 2], 4)


class Pair(tuple[float, float]):
    """Is no plain tuple."""


class Listed(list[Any]):
    """Is no plain list."""


REFUSED: dict[str, Any] = {
    "no elements": [],
    "a longer tuple": [(1.0, 2.0), (1.0, 2.0, 3.0)],
    "a list among the tuples": [(1.0, 2.0), [1.0, 2.0]],
    "an item of another type": [(1.0, 2.0), (1.0, 2)],
    "a NumPy item": [(1.0, np.float64(2.0))],
    "a subclass of tuple": [(1.0, 2.0), Pair((1.0, 2.0))],
    "a subclass of list": Listed([(1.0, 2.0)]),
    "a tuple of tuples": ((1.0, 2.0),),
}


@pytest.mark.parametrize("pairs", REFUSED.values(), ids=REFUSED)
def test_another_list_runs_the_original(pairs: Any) -> None:
    case = guarded(SOURCE, "firsts", PAIRS)
    assert not agrees(case, pairs)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("stored", "LW110"),
        ("grown", "LW108"),
        ("sorted_in_place", "LW108"),
        ("handed_back", "LW110"),
    ],
)
def test_a_list_of_tuples_that_changes_or_is_handed_back_is_declined(name: str, code: str) -> None:
    assert declined(SOURCE, name, [(2.0, 1.0), (1.0, 2.0)]).code == code


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([(1, 2.0)], Records((INT, FLOAT))),
        ([(np.int32(1),), (np.int32(2),)], Records((Num("int32"),))),
        ([(1, 2), (1, 2.0)], None),
        ([(1, 2), (1,)], None),
        ([()], None),
        ([((1, 2), 3)], None),
        ([("a", 1)], None),
        ([Pair((1.0, 2.0))], None),
    ],
    ids=str,
)
def test_the_types_of_lists_of_tuples(value: Any, expected: Records | None) -> None:
    found = type_of(value)
    assert found == expected
    if expected is not None:
        assert decode_type(encode_type(expected)) == expected
