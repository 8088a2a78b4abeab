"""Dicts and sets that the function makes."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest

from .dispatching import agrees, declined, guarded

SOURCE = """
from collections import Counter, defaultdict
import collections

import numpy as np

def counted(values):
    counts = {}
    for v in values:
        if v not in counts:
            counts[v] = 0
        counts[v] += 1
    return counts

def got(values):
    counts = {}
    for v in values:
        counts[v] = counts.get(v, 0) + 1
    return counts

def by_default(values):
    counts = defaultdict(int)
    for v in values:
        counts[v] += 1
    return counts

def weighted(values, weights):
    sums = collections.defaultdict(float)
    for v, w in zip(values, weights):
        sums[v] += w
    return sums

def tallied(values):
    c = Counter()
    for v in values:
        c[v] += 1
    return c, c[10**6], len(c)

def in_order_of_counts(values, n):
    c = Counter(values)
    return c.most_common(n), c.most_common(), c.most_common(None), [k for k, _ in c.most_common(2)]

def winner(values):
    return Counter(values).most_common(1)[0][0]

def first_pair(values, target):
    seen = {}
    for i, v in enumerate(values):
        if target - v in seen:
            return seen[target - v], i
        seen[v] = i
    return -1, -1

def letters(s):
    counts = {}
    for c in s:
        counts[c] = counts.get(c, 0) + 1
    best = 0
    for c, n in counts.items():
        if n > best and c != "z":
            best = n
    return counts, best

def longest_without_repeat(s):
    last = {}
    start = best = 0
    for i, c in enumerate(s):
        if c in last and last[c] >= start:
            start = last[c] + 1
        last[c] = i
        best = max(best, i - start + 1)
    return best

def bigrams(values):
    pairs = {}
    for i in range(len(values) - 1):
        key = (values[i], values[i + 1])
        pairs[key] = pairs.get(key, 0) + 1
    return pairs

def grid(n, steps):
    seen = {(0, 0)}
    r = c = 0
    for s in steps:
        r = (r + s) % n
        c = (c + s * s) % n
        seen.add((r, c))
    return len(seen), (1, 1) in seen

def distinct(values):
    return len(set(values))

def unique_values(values):
    found = set()
    for v in values:
        found.add(v)
    return found

def normalised(values):
    p = {}
    for v in values:
        p[v] = p.get(v, 0.0) + 1.0
    total = sum(p.values())
    for v in p:
        p[v] /= total
    h = 0.0
    for v in p.values():
        h -= v * np.log(v)
    return p, h

def most_common(values):
    counts = {}
    for v in values:
        counts[v] = counts.get(v, 0) + 1
    best = None
    most = -1
    for v, n in counts.items():
        if n > most:
            best, most = v, n
    return best, most, max(counts.values()), sorted(counts.keys())

def squares(n):
    table = {k: k * k for k in range(n)}
    t = 0
    for k in range(n):
        t += table[k]
    return table, t

def started():
    scores = {1: 0.5, 2: 1.5}
    for k in range(5):
        scores[k] = scores.get(k, 0.0) + 1.0
    return scores

def memo(n):
    known = {0: 0, 1: 1}
    for k in range(2, n + 1):
        known[k] = known[k - 1] + known[k - 2]
    return known[n]

def missing(values):
    d = {}
    for v in values:
        d[v] = 1
    return d[7]

def changes_size(values):
    d = {}
    for v in values:
        d[v] = 1
    for k in d:
        d[k + 1] = 2
    return len(d)

def from_arrays(keys, values):
    d = {}
    for k in range(len(keys)):
        d[keys[k]] = values[k]
    return d

def chosen(values, flag):
    d = {}
    if flag:
        d = {3: 1}
    for v in values:
        d[v] = v
    return d

def keep(d, v):
    return d.get(v, -1)

def helped(values):
    d = {}
    for i, v in enumerate(values):
        d[v] = i
    t = 0
    for v in range(9):
        t = t * 3 + keep(d, v)
    return t

def added(values):
    d = {}
    e = d
    for v in values:
        d[v] = 1
    return len(e)

def set_order(values):
    s = set()
    for v in values:
        s.add(v)
    t = 0
    for v in s:
        t = t * 2 + v
    return t

def ordered(values):
    s = set()
    d = {}
    pairs = set()
    for v in values:
        s.add(v)
        d[v] = 1
        pairs.add((v % 3, v))
    return sorted(s), sorted(s, reverse=True), sorted(d, key=abs), sorted(pairs)

def ordered_letters(text):
    s = set()
    for c in text:
        s.add(c)
    return sorted(s)

def set_by_key(values):
    s = set()
    for v in values:
        s.add(v)
    return sorted(s, key=abs)

def complex_keys(values):
    d = {}
    for v in values:
        d[v] = 1
    return d

def lists_inside(values):
    d = {}
    for v in values:
        d[v] = [v]
    return d

def taken_out(values):
    d = {}
    for v in values:
        d[v] = 1
        d.pop(v)
    return d

def writes(d, v):
    d[v] = 1

def helper_writes(values):
    d = {}
    for v in values:
        writes(d, v)
    return d
"""
rng = np.random.default_rng(11)
INTS = [int(v) for v in rng.integers(-5, 9, 60)]
FAR = [int(v) * 2**20 for v in rng.integers(-900, 900, 300)]


@pytest.mark.parametrize(
    ("name", "args", "others"),
    [
        ("counted", (INTS,), [([],), ([3],), (FAR,), ([0, -1, 2**31 - 1, -(2**31)],)]),
        ("got", (INTS,), [(FAR,), ([],)]),
        ("by_default", (INTS,), [([],)]),
        ("weighted", (INTS, [0.5] * 60), [([1, 1], [-0.0, -0.0]), ([], [])]),
        ("tallied", (INTS,), [([10**6],)]),
        ("in_order_of_counts", (INTS, 3), [([], 3), ([2, 1, 1, 2, 3], 0), (FAR, 9), ([5], 2)]),
        ("winner", (INTS,), [([2, 2, 1, 1],), ([7],), (FAR,)]),
        ("first_pair", ([3, 5, 9, 1], 10), [([1, 2], 100), ([], 1), ([5, 5], 10)]),
        ("letters", ("some letters",), [("zzz",), ("\U0001f600é",)]),
        ("longest_without_repeat", ("abcabcbb",), [("",), ("bbbb",), ("pwwkew",)]),
        ("bigrams", (INTS,), [([],), ([1],)]),
        ("grid", (7, INTS), [(1, []), (1000, FAR)]),
        ("distinct", (INTS,), [([],), (FAR,)]),
        ("unique_values", (INTS,), [([],), (FAR,)]),
        ("normalised", (INTS,), [([4],)]),
        ("most_common", (INTS,), [([7, 7, 1],)]),
        ("squares", (9,), [(0,), (1000,)]),
        ("started", (), []),
        ("memo", (50,), [(0,), (1,), (90,)]),
        ("missing", ([7, 8],), []),
        ("from_arrays", (np.array([1, 2, 1]), np.array([0.5, 1.5, 2.5])), []),
        ("chosen", (INTS, True), [([], True), ([3], False)]),
        ("helped", (INTS,), [([],)]),
        ("ordered", (INTS,), [([],), ([3],), (FAR,), ([2, -2, 1, -1],)]),
    ],
)
def test_the_kernel_runs_and_does_the_same(
    name: str, args: tuple[Any, ...], others: list[tuple[Any, ...]]
) -> None:
    case = guarded(SOURCE, name, *args)
    for each in (args, *others):
        assert agrees(case, *each)


def _result(name: str, *args: Any) -> Any:
    taken, result = guarded(SOURCE, name, *args).fast(*args)
    assert taken
    return result


def test_what_comes_back_is_of_the_class_and_in_the_order_of_the_original() -> None:
    counts = _result("by_default", [5, 3, 5])
    assert type(counts) is defaultdict and counts.default_factory is int
    assert list(counts.items()) == [(5, 2), (3, 1)]
    assert _result("weighted", [1], [0.5]).default_factory is float
    assert type(_result("tallied", [1, 1])[0]) is Counter
    assert list(_result("got", [9, -4, 9])) == [9, -4]
    assert list(map(type, next(iter(_result("bigrams", [1, 2]))))) == [int, int]
    found = _result("from_arrays", np.array([4]), np.array([0.25]))
    assert [(type(k), type(v)) for k, v in found.items()] == [(np.int64, np.float64)]
    assert list(_result("unique_values", FAR)) == list(set(FAR))


def test_a_key_that_is_missing_raises_as_before() -> None:
    case = guarded(SOURCE, "missing", [7])
    assert not agrees(case, [1])


def test_a_dict_that_grows_under_its_loop_raises_as_before() -> None:
    case = guarded(SOURCE, "changes_size", [1])
    assert not agrees(case, [1])
    assert agrees(case, [])


def test_results_beyond_64_bits_are_left_to_python() -> None:
    case = guarded(SOURCE, "memo", 50)
    assert not agrees(case, 120)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("added", (INTS,)),
        ("set_order", (INTS,)),
        ("complex_keys", ([0.5j, 1j],)),
        ("lists_inside", (INTS,)),
        ("taken_out", (INTS,)),
        ("helper_writes", (INTS,)),
        ("set_by_key", (INTS,)),
        ("ordered_letters", ("some letters",)),
    ],
)
def test_what_else_is_done_with_them_is_declined(name: str, args: tuple[Any, ...]) -> None:
    assert declined(SOURCE, name, *args).code.startswith("LW")


def test_a_negative_number_of_counts_and_nothing_counted_are_left_to_the_original() -> None:
    assert not agrees(guarded(SOURCE, "in_order_of_counts", INTS, 3), INTS, -1)
    assert not agrees(guarded(SOURCE, "winner", INTS), [])
