"""`del x[k]`, `del x[a:b]` and `x.remove(v)` of lists that a function makes, and of those from outside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ..splice.dispatching import agrees, guarded
from .levelled import assert_same_on_all_levels
from .lowering import assert_same, refusal

L = [3, 1, 4, 1, 5]
V = np.array([1.5, 2.0, -3.0])

CASES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "an item": ("del a[1], a[-1], a[n]", (L, 0)),
    "an item by a bool": ("del a[n]", (L, True)),
    "an item out of range": ("del a[n]", (L, 5)),
    "an item of nothing": ("b = []\n    del b[0]", (L, 0)),
    "a position that the list tells": ("del a[a[1]]\n    del a[a.pop() - 4]", (L, 0)),
    "the end": ("del a[n:]", (L, 2)),
    "the end from behind": ("del a[n:]", (L, -2)),
    "the start": ("del a[:n]", (L, -1)),
    "the start and more": ("del a[:n]", (L, 50)),
    "the middle": ("del a[1:n]\n    a.append(9)\n    a.insert(0, 8)\n    a.reverse()", (L, 3)),
    "a slice of nothing": ("del a[3:n]", (L, 1)),
    "everything": ("del a[:]\n    a.append(n)", (L, 7)),
    "the first that is equal": ("a.remove(n)\n    a.append(n)", (L, 1)),
    "a number that is equal": ("a.remove(n)", (L, 1.0)),
    "what is not there": ("a.remove(n)", (L, 77)),
    "what is not there any more": ("a.remove(a.pop(0))", (L, 0)),
    "what is there once more": ("a.remove(a.pop(1))", (L, 0)),
    "None": ("b = [n, None, 2]\n    b.remove(None)\n    n = len(b)\n    del b[:]", (L, 1)),
    "in a loop over the list": ("for v in a:\n        a.remove(v)", (L, 0)),
    "the end in a loop over the list": ("for v in a:\n        n += v\n        del a[-1:]", (L, 0)),
    "in a loop over a copy": ("for v in a[:]:\n        a.remove(v)", (L, 0)),
    "the smallest, one after the other": (
        "b = []\n    while a:\n        b.append(min(a))\n        a.remove(b[-1])\n    a += b",
        (L, 0),
    ),
    "odd numbers": (
        """i = 0
    while i < len(a):
        if a[i] % 2:
            del a[i]
        else:
            i += 1""",
        (L, 0),
    ),
    "items put in and taken out": (
        """for k in range(n):
        a.insert(k, k)
        del a[-1]
        a.append(a[0])
        a.remove(k)""",
        (L, 4),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_list_is_what_it_is_in_python(name: str) -> None:
    statements, args = CASES[name]
    assert_same(f"def f(a, n):\n    a = list(a)\n    {statements}\n    return a, n", *args)
    assert_same(f"def f(a, n):\n    {statements}\n    return len(a), n", *args)


def test_on_all_levels() -> None:
    source = """
def f(a, n):
    b = list(a)
    b.remove(1)
    del b[n:n + 2]
    del b[0]
    return b
"""
    assert_same_on_all_levels(source, L, 1)


def test_a_position_from_behind_may_be_left_to_python() -> None:
    case = guarded("def f(a, n):\n    del a[n]\n    return sum(a)", "f", [3, 1, 4], 1)
    assert agrees(case, [3, 1, 4], 2)
    agrees(case, [3, 1, 4], -1)
    agrees(case, [3, 1, 4], -3)
    assert not agrees(case, [3, 1, 4], 3)
    assert not agrees(case, [3, 1, 4], -4)
    assert not agrees(case, [], 0)


def test_nothing_is_changed_where_a_later_deletion_raises() -> None:
    source = "def f(a, n):\n    a.remove(n)\n    a.remove(n)\n"
    case = guarded(source, "f", [1, 2, 1], 1)
    assert agrees(case, [1, 2, 1], 1)
    assert not agrees(case, [1, 2, 3], 1)


def test_an_exception_that_is_caught() -> None:
    source = """
def f(a, v):
    try:
        a.remove(v)
    except ValueError:
        return -1
    return len(a)
"""
    case = guarded(source, "f", [1, 2], 1)
    assert agrees(case, [1, 2], 2)
    assert not agrees(case, [1, 2], 3)


def test_pairs() -> None:
    source = """
def f(a):
    b = [(k, k * 0.5) for k in a]
    del b[1]
    b.remove((4, 2.0))
    return b
"""
    assert_same(source, L)


def test_nan_is_left_to_python() -> None:
    source = "def f(x):\n    b = [v for v in x]\n    b.remove(b[1])\n    return b"
    case = guarded(source, "f", V)
    assert agrees(case, V)
    assert not agrees(case, np.array([1.0, np.nan]))
    after = guarded("def f(x):\n    b = [v for v in x]\n    b.remove(1.0)\n    return b", "f", V)
    assert agrees(after, np.array([np.nan, 1.0]))


def test_an_attribute_of_an_object() -> None:
    source = """
class Queue:
    def __init__(self, items):
        self.items = items

    def drop(self, n):
        del self.items[0]
        self.items.remove(n)
        return sum(self.items)
"""
    case = guarded(source, "Queue.drop", lambda m: m["Queue"]([3, 1, 4]), 4)
    for items in ([3, 1, 4], [4, 4], [4, 1], []):
        agrees(case, case.space["Queue"](list(items)), 4)
    assert agrees(case, case.space["Queue"]([3, 1, 4]), 4)


DECLINED: dict[str, tuple[str, str, tuple[Any, ...]]] = {
    "a slice with a step": ("LW101", "b = list(a)\n    del b[::2]", (L,)),
    "a name": ("LW101", "b = list(a)\n    del b", (L,)),
    "a list with two names": ("LW108", "b = list(a)\n    c = b\n    del c[0]\n    return b", (L,)),
    "a row": ("LW101", "b = [[1, 2], [3]]\n    del b[0]\n    return b", (L,)),
    "arrays": (
        "LW102",
        "b = [r for r in a]\n    del b[0]\n    return b[0].sum()",
        (np.ones((3, 2)),),
    ),
    "an element of an array": ("LW101", "del a[0]", (V,)),
    "a list that enumerate runs over": (
        "LW101",
        "b = list(a)\n    for i, v in enumerate(b):\n        del b[0]\n    return b",
        (L,),
    ),
    "a list that is run over backwards": (
        "LW101",
        "b = list(a)\n    for v in reversed(b):\n        b.remove(v)\n    return b",
        (L,),
    ),
    "what remove returns": ("LW102", "b = list(a)\n    return b.remove(1)", (L,)),
}


@pytest.mark.parametrize(("code", "statements", "args"), DECLINED.values(), ids=DECLINED)
def test_other_deletions_are_declined(code: str, statements: str, args: tuple[Any, ...]) -> None:
    assert refusal(f"def f(a):\n    {statements}\n", *args).code == code


@pytest.mark.parametrize(
    "statement", ["del a[-3:a.pop()]", "del a[a.pop() - 6:-1]", "a[-3:a.pop() - 1] = [9]"]
)
def test_a_bound_may_make_the_list_shorter(statement: str) -> None:
    """Bounds are places of the list as it is when all of them are known."""
    assert_same(f"def f(a):\n    a = list(a)\n    {statement}\n    return a\n", [1, 2, 3, 4, 3])
    assert_same(f"def f(a):\n    {statement}\n", [1, 2, 3, 4, 3])
