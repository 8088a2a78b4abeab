"""Dicts from outside that are only read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.ir.types import FLOAT, INT, Array, DictOf, ListOf, Records, TupleOf
from loopwright.workload.types_of import type_of

from .dispatching import agrees, declined, guarded

SOURCE = """
import numpy as np

def looked_up(d, ks):
    t = 0.0
    for k in ks:
        t += d[k]
    return t

def counted(d, ks):
    n = 0
    for k in ks:
        if k in d:
            n += 1
        if k not in d:
            n += 10
    return n, len(d), bool(d)

def placed(d, ks):
    out = []
    for k in ks:
        i, j = d.get(k, (k, -1))
        out.append(i * 10 + j)
    return out

def maybe(d, ks):
    n = 0
    for k in ks:
        if d.get(k) is None:
            n += 1
    return n

def by_array(d, ks):
    t = 0
    for k in ks:
        t += d.get(k, 0)
    return t

def pick(d, k):
    return d.get(k, 7)

def by_helper(d, ks):
    t = 0
    for k in ks:
        t += pick(d, k)
    return t

def written(d, ks):
    for k in ks:
        d[k] = 1.0
    return 0

def iterated(d, ks):
    t = 0
    for k in d:
        t = 3 * t + k
    return t

def paired(d, ks):
    out = []
    for k, v in d.items():
        if k in ks:
            out.append((k, v))
    return out, sum(d.values()), [v for v in d.values()], max(d, key=lambda k: -k)

def numbered(d, ks):
    t = 0
    for i, k in enumerate(d.keys()):
        t += i * k
    return t, list(d), sorted(d)

def neighbours(d, ks):
    t = 0
    for k in ks:
        for other in d[k]:
            t = 3 * t + other
        t += len(d[k])
    return t

def edges(d, ks):
    t = 0.0
    for k, found in d.items():
        for other, weight in found:
            t = 0.5 * t + k * other + weight
    for k in ks:
        other, weight = d[k][-1]
        t += d[k][0][1] * other
    return t

def columns(d, ks):
    t = 0.0
    for name in d:
        column = d[name]
        for i in range(len(column)):
            t = 0.5 * t + column[i] * name
    return t + d[ks[0]].sum()

def changed(d, ks):
    for k in ks:
        d[k].append(k)
    return 0

def handed_out(d, ks):
    for k in ks:
        if k in d:
            return d[k]
    return None

class Kept:
    def __init__(self, d):
        self.d = d

    def run(self, ks):
        t = 0
        for k in ks:
            t += self.d.get(k, 1)
        return t
"""
NUMBERS = {5: 0.5, -3: 1.5, 2**20: -2.0}
PLACES = {4: (1, 2), 0: (3, 4)}
EDGES = {3: [(1, 0.5), (2, 1.5)], 1: [], 2: [(5, -1.0)]}
COLUMNS = {4: np.array([1.0, 2.0]), 1: np.array([0.5])}


@pytest.mark.parametrize(
    ("name", "d", "ks", "others"),
    [
        ("looked_up", NUMBERS, [5, -3, 5], [{5: 1.0, -3: 2.0}, {-3: 0.0, 5: -0.0, 7: 1.0}]),
        ("counted", NUMBERS, [5, 6], [{1: 2.0}, {}]),
        ("counted", {}, [5, 6], [{}]),
        ("placed", PLACES, [0, 1, 4], [{1: (0, 0)}, {}]),
        ("placed", {}, [0, 1, 4], [{}]),
        ("maybe", NUMBERS, [5, 1], [{1: 0.0}]),
        ("by_array", {2: 5, 3: 1}, np.array([2, 3, 3, 9]), [{9: 4}]),
        ("by_helper", {2: 5, 3: 1}, [2, 3, 4], [{9: 4}]),
        ("by_helper", {}, [2, 3, 4], [{}]),
        ("iterated", NUMBERS, [], [{1: 2.0, -1: 3.0}, {}, {2: 0.0, 7: 0.0, 5: 0.0}]),
        ("paired", NUMBERS, [5, 2**20], [{5: 2.0, -1: 3.0}, {7: 0.0}]),
        ("numbered", NUMBERS, [], [{5: 2.0, -1: 3.0, 8: 4.0, 2: 0.0}, {}]),
        ("neighbours", {3: [1, 2], 1: [], 2: [5]}, [1, 3], [{1: [7], 3: []}, {3: [], 1: []}]),
        ("edges", EDGES, [3], [{7: [(1, 2.0)], 3: [(4, 0.5)]}, {3: [(0, -0.0)], 9: []}]),
        ("columns", COLUMNS, [4], [{4: np.ones(3), 1: np.zeros(0)}, {4: np.arange(9.0)[::2]}]),
    ],
)
def test_the_kernel_runs_and_does_the_same(name: str, d: Any, ks: Any, others: list[Any]) -> None:
    case = guarded(SOURCE, name, d, ks)
    for each in (d, *others):
        assert agrees(case, each, ks)


def test_a_dict_in_an_attribute() -> None:
    case = guarded(SOURCE, "Kept.run", lambda s: s["Kept"]({1: 2, 2: 3}), [1, 2, 3])
    assert agrees(case, case.space["Kept"]({3: 4}), [1, 2, 3])
    assert not agrees(case, case.space["Kept"]({3: 4.0}), [1, 2, 3])


class Same(dict[int, float]):
    """Finds anything."""

    def __missing__(self, key: int) -> float:
        return 1.0


REFUSED: dict[str, Any] = {
    "a subclass": Same({5: 1.0, -3: 2.0}),
    "a key that is a bool": {5: 1.0, -3: 2.0, True: 0.0},
    "a key that is no int": {5: 1.0, -3: 2.0, 1.5: 0.0},
    "a key beyond 64 bits": {5: 1.0, -3: 2.0, 2**80: 0.0},
    "a value of another type": {5: 1.0, -3: 2},
    "a key that is missing": {5: 1.0},
    "no entries": {},
    "no dict": [0.0] * 9,
}


@pytest.mark.parametrize("d", REFUSED.values(), ids=REFUSED)
def test_another_dict_runs_the_original(d: Any) -> None:
    case = guarded(SOURCE, "looked_up", NUMBERS, [5, -3, 5])
    assert not agrees(case, d, [5, -3, 5])


@pytest.mark.parametrize(
    "d", [{0: (1, 2, 3)}, {0: [1, 2]}, {0: (1.0, 2)}, {0: (1, 2), 1: (1,)}], ids=str
)
def test_tuples_of_another_shape_run_the_original(d: Any) -> None:
    case = guarded(SOURCE, "placed", PLACES, [0, 1, 4])
    assert not agrees(case, d, [1, 4])


def test_a_dict_with_entries_is_not_taken_for_one_without() -> None:
    case = guarded(SOURCE, "placed", {}, [0, 1])
    assert agrees(case, {}, [0, 1])
    assert not agrees(case, {0: (7, 7)}, [0, 1])


OTHERS: dict[str, tuple[str, Any, Any]] = {
    "tuples of another length": ("edges", EDGES, {3: [(1, 0.5, 2)]}),
    "an item of another type": ("edges", EDGES, {3: [(1, 0.5), (2.0, 0.5)]}),
    "tuples where there were lists of them": ("edges", EDGES, {3: ((1, 0.5),)}),
    "one value that is no list": ("neighbours", {3: [1, 2]}, {3: [1], 1: (2,)}),
    "lists of another type": ("neighbours", {3: [1, 2]}, {3: [1.0]}),
    "arrays of another dtype": ("columns", COLUMNS, {4: np.ones(2, np.float32)}),
    "arrays with two axes": ("columns", COLUMNS, {4: np.ones((2, 2))}),
}


@pytest.mark.parametrize(("name", "d", "other"), OTHERS.values(), ids=OTHERS)
def test_other_values_run_the_original(name: str, d: Any, other: Any) -> None:
    case = guarded(SOURCE, name, d, [3] if 3 in d else [4])
    assert not agrees(case, other, [3] if 3 in other else [4])


@pytest.mark.parametrize(
    ("name", "d"),
    [("written", NUMBERS), ("changed", {5: [1]}), ("handed_out", {5: [1]})],
)
def test_what_else_is_done_with_dicts_is_declined(name: str, d: Any) -> None:
    assert declined(SOURCE, name, d, [5]).code.startswith("LW1")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, DictOf()),
        ({1: (2, 0.5)}, True),
        ({"a": 1}, None),
        ({1: [2], 2: []}, DictOf((ListOf(INT),))),
        ({1: [(2, 0.5)], 2: []}, DictOf((Records((INT, FLOAT)),))),
        ({1: np.zeros(2)}, DictOf((Array("float64", 1),))),
        ({1: [2], 2: [0.5]}, None),
        ({1: [[2]]}, None),
        ({1: []}, None),
        ({1: np.zeros((2, 2))}, None),
        ({1: 2, 2: 2.0}, None),
        ({1: (1, (2, 3))}, None),
        (Same(), None),
    ],
    ids=str,
)
def test_the_types_of_dicts(value: Any, expected: Any) -> None:
    found = type_of(value)
    if expected is True:
        row = type_of((2, 0.5))
        assert isinstance(row, TupleOf)
        assert found == DictOf(row.items, True)  # type: ignore[arg-type]
    else:
        assert found == expected
