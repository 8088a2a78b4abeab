"""Heaps and bisection in lists."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .dispatching import agrees, declined, guarded

SOURCE = """
import bisect
import heapq
from bisect import bisect_left
from heapq import heappop, heappush

import numpy as np

def dijkstra(indptr, indices, data, source):
    n = len(indptr) - 1
    dist = [float("inf")] * n
    prev = [-1] * n
    dist[source] = 0.0
    heap = [(0.0, source)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > dist[u]:
            continue
        for e in range(indptr[u], indptr[u + 1]):
            v = int(indices[e])
            alt = d + float(data[e])
            if alt < dist[v]:
                dist[v] = alt
                prev[v] = u
                heapq.heappush(heap, (alt, v))
    return dist, prev

def ordered(values):
    heap = []
    for v in values:
        heappush(heap, v)
    out = []
    while len(heap) > 0:
        out.append(heappop(heap))
    return out

def left_over(values, k):
    heap = []
    for v in values:
        heapq.heappush(heap, v)
        if len(heap) > k:
            heapq.heappop(heap)
    return heap

def rebuilt(values):
    heap = []
    for v in values:
        heap.append(v)
    heapq.heapify(heap)
    return heap

def exchanged(values, more):
    heap = [0.0]
    for v in values:
        heapq.heappush(heap, v)
    out = []
    for v in more:
        out.append(heapq.heapreplace(heap, v))
        out.append(heapq.heappushpop(heap, v + 0.5))
    return heap, out

def popped_too_often(n):
    heap = [1.0]
    t = 0.0
    for _ in range(n):
        t += heapq.heappop(heap)
    return t

def places(xs, values):
    out = []
    for v in values:
        out.append(bisect_left(xs, v) * 100 + bisect.bisect_right(xs, v) * 10 + bisect.bisect(xs, v, 1))
    return out

def tails(values):
    out = []
    for v in values:
        at = bisect.bisect_left(out, v)
        if at == len(out):
            out.append(v)
        else:
            out[at] = v
    return len(out)

def kept_sorted(values):
    out = []
    for v in values:
        bisect.insort(out, v)
    return out

def least(values):
    t = 0.0
    for _ in range(2):
        t += heapq.nsmallest(1, values)[0]
    return t

def combined(values):
    heap = []
    for v in values:
        heappush(heap, v)
    return heap, heappop(heap)

def between(xs, v, high):
    t = 0
    for _ in range(2):
        t += bisect_left(xs, v, 0, high)
    return t

def shrunk_outside(heap):
    heapq.heapify(heap)
    return heappop(heap), heapq.heapreplace(heap, 2.5), heap

def pushed_outside(heap, values):
    for v in values:
        heapq.heappush(heap, v)
    return len(heap)
"""
rng = np.random.default_rng(5)
FLOATS = [float(x) for x in rng.integers(0, 9, 40)]
GRAPH = (
    np.array([0, 2, 4, 5, 6, 6]),
    np.array([1, 2, 2, 3, 3, 0]),
    np.array([1.0, 4.0, 2.0, 7.0, 1.0, 0.5]),
    0,
)


@pytest.mark.parametrize(
    ("name", "args", "others"),
    [
        ("dijkstra", GRAPH, [(*GRAPH[:3], 4), (*GRAPH[:3], 2)]),
        ("ordered", (FLOATS,), [([],), ([2.0, 2.0, 1.0],), ([float("nan"), 1.0, 0.0, -0.0],)]),
        ("ordered", ([(2.0, 1), (1.0, 5), (1.0, 2)],), [([(1.0, k) for k in range(30, 0, -1)],)]),
        ("left_over", (FLOATS, 7), [(FLOATS[::-1], 3), ([], 1), ([5.0, 4.0, 3.0], 0)]),
        ("rebuilt", (FLOATS,), [([],), (FLOATS[::-1],), ([0.0, -0.0] * 9,)]),
        ("exchanged", (FLOATS[:9], FLOATS[9:20]), [([], [1.0, 2.0, -1.0])]),
        ("places", ([1.0, 2.0, 2.0, 5.0], [2.0, 0.0, 9.0]), [([3.0], [3.0])]),
        ("places", (np.array([1.0, 2.0, 2.0]), [2.0, 9.0]), [(np.array([0.5]), [0.5, 0.25])]),
        ("tails", ([3, 1, 4, 1, 5, 9, 2, 6],), [([],), ([1, 1, 1],)]),
        ("kept_sorted", ([3, 1, 2, 3, 0],), [([],)]),
    ],
)
def test_the_kernel_runs_and_does_the_same(
    name: str, args: tuple[Any, ...], others: list[tuple[Any, ...]]
) -> None:
    case = guarded(SOURCE, name, *args)
    for each in (args, *others):
        assert agrees(case, *each)


def test_a_pop_from_an_empty_heap_raises_as_before() -> None:
    case = guarded(SOURCE, "popped_too_often", 1)
    assert agrees(case, 1)
    assert not agrees(case, 2)


def test_nan_in_tuples_is_left_to_python() -> None:
    """An object equals itself in a tuple, even NaN; numbers in a kernel are no objects."""
    nan = float("nan")
    case = guarded(SOURCE, "ordered", [(2.0, 1), (1.0, 5)])
    assert not agrees(case, [(nan, 2), (nan, 1)])


@pytest.mark.parametrize(
    ("name", "args"), [("least", ([1.0, 2.0],)), ("shrunk_outside", ([3.0, 1.0],))]
)
def test_what_else_is_asked_of_them_is_declined(name: str, args: tuple[Any, ...]) -> None:
    assert declined(SOURCE, name, *args).code == "LW102"


def test_a_heap_that_shrinks_behind_it_in_an_expression() -> None:
    case = guarded(SOURCE, "combined", [3.0, 1.0])
    assert agrees(case, [3.0, 1.0, 3.0])


def test_an_upper_end_of_minus_one_is_the_length() -> None:
    case = guarded(SOURCE, "between", [1, 2, 5], 5, 3)
    assert agrees(case, [1, 2, 5], 5, 2)
    assert not agrees(case, [1, 2, 5], 5, -1)


def test_a_heap_from_outside_is_handed_back() -> None:
    case = guarded(SOURCE, "pushed_outside", [1.0, 2.0], [0.5])
    assert agrees(case, [1.0, 2.0], [0.5, 0.25, 9.0])
