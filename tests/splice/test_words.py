"""Lists of strings from outside, that are only read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loopwright.frontend.annotations import signatures
from loopwright.frontend.lower_source import region_of_source
from loopwright.ir.types import Chars, Ragged
from loopwright.workload.codec import decode_type, encode_type
from loopwright.workload.types_of import type_of

from .dispatching import agrees, declined, guarded

SOURCE = """
import numpy as np

def common(a, b):
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            if a[i - 1] == b[j - 1]:
                table[i][j] = table[i - 1][j - 1] + 1
            else:
                table[i][j] = max(table[i - 1][j], table[i][j - 1])
    return table

def marked(words):
    n = 0
    for i, w in enumerate(words):
        if w == "the" or len(w) > 4 or w[0] == "x":
            n += i
    return n

def present(a, b):
    return [w in b for w in a], sum(1 for x, y in zip(a, b) if x != y)

def behind(words, k):
    rest = words[k:]
    n = len(rest)
    for w in rest:
        n += w.count("a")
    return n

def letters(words):
    n = 0
    for w in words:
        for c in w:
            if c.isdigit():
                n += 1
    return n

def first(words):
    for w in words:
        if w == "a":
            return w
    return words[0]

def renamed(words):
    for i in range(len(words)):
        words[i] = "x"
"""
A, B = ["the", "cat", "", "sat", "\U0001f600"], ["cat", "the", "sat", ""]


@pytest.mark.parametrize(
    ("name", "args", "others"),
    [
        ("common", (A, B), [([], B), (B, []), (["", ""], [""]), (A, A)]),
        ("marked", (["the", "other", "xy", "it"],), [([],), (["x"] * 9,)]),
        ("present", (A, B), [([], []), (B, A), (["a"], ["a", "b"])]),
        ("behind", (A, 1), [(A, -2), (A, 9), (["aa"], 0)]),
        ("letters", (["a1", "22", ""],), [([],)]),
    ],
)
def test_the_kernel_runs_and_does_the_same(
    name: str, args: tuple[Any, ...], others: list[tuple[Any, ...]]
) -> None:
    case = guarded(SOURCE, name, *args)
    for each in (args, *others):
        assert agrees(case, *each)


class Marked(str):
    """A string with a mind of its own."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class Listed(list[Any]):
    """Is no plain list."""


REFUSED: dict[str, Any] = {
    "a number among the strings": ["a", 1],
    "bytes": ["a", b"a"],
    "a subclass of str": ["a", Marked("b")],
    "a subclass of list": Listed(["a"]),
    "a tuple": ("a", "b"),
    "an array": np.array(["a", "b"]),
}


@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED)
def test_another_value_runs_the_original(words: Any) -> None:
    case = guarded(SOURCE, "common", A, B)
    assert not agrees(case, words, B)


def test_an_empty_string_has_no_first_letter() -> None:
    case = guarded(SOURCE, "marked", ["a"])
    assert not agrees(case, ["a", ""])


@pytest.mark.parametrize(("name", "code"), [("first", "LW107"), ("renamed", "LW101")])
def test_strings_that_are_handed_back_or_stored_are_declined(name: str, code: str) -> None:
    assert declined(SOURCE, name, ["a", "b"]).code == code


def test_the_type_is_recorded_and_annotated() -> None:
    t = type_of(["a", "bc"])
    assert t == Ragged(Chars())
    assert decode_type(encode_type(t)) == t
    region = region_of_source("def f(a: list[str]):\n    return len(a)\n")
    assert signatures(region) == ({"a": t},)
