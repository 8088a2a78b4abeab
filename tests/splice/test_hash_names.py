"""Dicts that two things could hold, or that change while something runs over them."""

from __future__ import annotations

import pytest

from .dispatching import agrees, declined, guarded

SOURCE = """
from collections import defaultdict

def ident(d):
    return d

def helped(values):
    d = {}
    e = ident(d)
    t = 0
    for v in values:
        d[v] = 3
        t += v in e
    return t

def in_a_tuple(values):
    d = {}
    p = (d, 5)
    for v in values:
        d[v] = 2
    return values[-1] in p[0]

def chosen(values):
    d = {}
    c = {}
    for v in values:
        (d if v > 3 else c)[v] = 2
    return len(d), len(c)

def put_by_a_nested_function(values):
    d = {}
    def put(v):
        d[v] = len(d)
    for v in values:
        put(v)
    return d

def assigned_anew(values):
    d = {}
    for v in values:
        d[v] = 1
    t = 0
    for k in d:
        t += k
        d = {}
        d[k] = t
    return d, t

def listed_while_growing(values):
    d = defaultdict(int)
    for v in values:
        d[v] += 1
    return [d[k + 1] for k in d]

def summed_while_growing(values):
    d = defaultdict(int)
    for v in values:
        d[v] += 1
    return sum(d[k + 1] for k in d)

def made_anew_in_a_loop(values):
    d = {}
    for v in values:
        d[v] = 1
    t = 0
    for k in d.keys():
        t += k
        d = {}
    return t

def asked_by_a_nested_function(values):
    d = {}
    def look(v):
        return d.get(v - 1, -1)
    t = 0
    for v in values:
        d[v] = 1
        t += look(v)
    return d, t

def summed_and_grown(values):
    d = defaultdict(int)
    for v in values:
        d[v] += sum(d.values()) % 7
    return d, [n + 1 for n in d.values()]

def changes_values(values):
    d = {}
    for v in values:
        d[v] = 1
    for k in d:
        d[k] += sum(d.values())
    return d
"""
VALUES = list(range(30))


@pytest.mark.parametrize(
    "name",
    [
        "helped",
        "in_a_tuple",
        "chosen",
        "put_by_a_nested_function",
        "assigned_anew",
        "made_anew_in_a_loop",
    ],
)
def test_a_dict_that_grows_by_another_name_is_declined(name: str) -> None:
    assert declined(SOURCE, name, VALUES).code == "LW108"


@pytest.mark.parametrize("name", ["listed_while_growing", "summed_while_growing"])
def test_a_dict_that_grows_while_something_runs_over_it_is_declined(name: str) -> None:
    found = declined(SOURCE, name, VALUES)
    assert found.code == "LW101" and found.why == "a dict may grow where something runs over it"


@pytest.mark.parametrize(
    "name",
    [
        "asked_by_a_nested_function",
        "summed_and_grown",
        "changes_values",
    ],
)
def test_the_kernel_runs_and_does_the_same(name: str) -> None:
    case = guarded(SOURCE, name, VALUES[:20])
    assert agrees(case, VALUES[:20])
    assert agrees(case, [3, 1, 4, 1, 5])
    assert agrees(case, [])
