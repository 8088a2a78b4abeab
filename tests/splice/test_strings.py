"""Strings from outside that are only read."""

from __future__ import annotations

from typing import Any

import pytest

from .dispatching import agrees, declined, guarded

SOURCE = """
def edits(a, b):
    row = list(range(len(b) + 1))
    for i in range(1, len(a) + 1):
        last = row[0]
        row[0] = i
        for j in range(1, len(b) + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + cost)
    return row[-1]

def hamming(a, b):
    n = 0
    for x, y in zip(a, b):
        if x != y:
            n += 1
    return n

def palindrome(s):
    i, j = 0, len(s) - 1
    while i < j:
        if s[i] != s[j]:
            return False
        i += 1
        j -= 1
    return True

def vowels(s):
    n = 0
    for k, c in enumerate(s):
        if c in "aeiou":
            n += k
        elif c == "y" or c > "y":
            n += 100
    return n

def value(digits):
    total = 0
    for c in digits:
        total = (total * 10 + int(c)) % 1_000_007
    return total

def hashed(s, modulus):
    h = 0
    for c in reversed(s):
        h = (h * 31 + ord(c)) % modulus
    return h

def occurs(s, part):
    found = []
    for i in range(len(s) - len(part) + 1):
        if s[i:i + len(part)] == part:
            found.append(i)
    return found

def words(s):
    n = 0
    inside = False
    for c in s:
        if c.isalpha():
            if not inside:
                n += 1
            inside = True
        else:
            inside = False
    return n

def folded(s, t):
    n = 0
    for i in range(min(len(s), len(t))):
        if s[i].lower() == t[i].lower():
            n += 1
    return n

def runs(s):
    n = 0
    previous = s[0]
    for c in s[1:]:
        if c != previous:
            n += 1
            previous = c
    return n

def order(a, b):
    n = 0
    for k in range(3):
        if a[k:] < b[k:]:
            n += 1
        if a[k:] >= b:
            n += 10
    return n

def same(c, d):
    return c == d

def pairs(s):
    n = 0
    for i in range(len(s)):
        for j in range(i + 1, len(s)):
            if same(s[i], s[j]):
                n += 1
    return n

def sought(s, c):
    n = 0
    for k in range(3):
        n += s.count("a") + s.find("b") * 10
        if c in s:
            n += 1000
    return n

def placed(s):
    n = 0
    for k in range(2):
        n += s.index("b")
    return n

def letters(s):
    out = []
    for c in s:
        out.append(c)
    return out

def joined(s):
    t = ""
    for c in s:
        t = c + t
    return t

class Reader:
    def __init__(self, text):
        self.text = text

    def depth(self):
        n = deepest = 0
        for c in self.text:
            if c == "(":
                n += 1
                deepest = max(deepest, n)
            elif c == ")":
                n -= 1
        return deepest

    def differs(self, other, at):
        for i in range(len(other)):
            if self.text[at + i] != other[i]:
                return i
        return -1

    def found(self, other):
        n = 0
        for at in range(len(self.text) - len(other) + 1):
            if self.differs(other, at) == -1:
                n += 1
        return n
"""


@pytest.mark.parametrize(
    ("name", "args", "others"),
    [
        ("edits", ("kitten", "sitting"), [("", ""), ("abc", ""), ("é\U0001f600", "e\U0001f600")]),
        ("hamming", ("karolin", "kathrin"), [("abc", "a"), ("", "x")]),
        ("palindrome", ("abcba",), [("",), ("a",), ("ab",), ("\ud800x\ud800",)]),
        ("vowels", ("queueing by zebras",), [("",), ("\0äy",)]),
        ("value", ("31415926",), [("",), ("0",)]),
        ("hashed", ("some text", 1009), [("", 3), ("\U0010ffff" * 9, 10**9 + 7)]),
        ("occurs", ("abracadabra", "abra"), [("aaaa", "aa"), ("abc", ""), ("", "a")]),
        ("words", ("two words, or four",), [("",), ("1a2",)]),
        ("folded", ("Abc", "aBd"), [("", "x"), ("@[`{", "`{@[")]),
        ("runs", ("aabbbc",), [("a",)]),
        ("order", ("abc", "abd"), [("", ""), ("ab", "b"), ("b", "ab"), ("a", "a\0")]),
        ("pairs", ("banana",), [("",)]),
        ("sought", ("banana", "n"), [("", "n")]),
        ("sought", ("banana", "an"), [("", ""), ("aab", "ab"), ("a", "ab")]),
        ("placed", ("ab",), [("b",)]),
        ("letters", ("abc",), [("",), ("\U0001f600\ud800",)]),
    ],
)
def test_the_kernel_runs_and_does_the_same(
    name: str, args: tuple[Any, ...], others: list[tuple[Any, ...]]
) -> None:
    case = guarded(SOURCE, name, *args)
    for each in (args, *others):
        assert agrees(case, *each)


def test_a_string_in_an_attribute() -> None:
    case = guarded(SOURCE, "Reader.depth", lambda s: s["Reader"]("(()(()))"))
    assert agrees(case, case.space["Reader"]("((a)(b"))
    assert not agrees(case, case.space["Reader"](list("(())")))


def test_a_method_reads_a_string_of_the_object_in_a_loop() -> None:
    case = guarded(SOURCE, "Reader.found", lambda s: s["Reader"]("abracadabra"), "abra")
    assert agrees(case, case.space["Reader"]("aaaa"), "aa")
    assert agrees(case, case.space["Reader"](""), "")


class Marked(str):
    """A string with a mind of its own."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> str:
        return "x"


@pytest.mark.parametrize(
    ("name", "learnt", "args"),
    [
        ("runs", ("ab",), ("",)),  # IndexError
        ("value", ("12",), ("1x",)),  # ValueError
        ("value", ("12",), ("1\u0663",)),  # a digit that is not ASCII
        ("words", ("a b",), ("é",)),
        ("folded", ("a", "A"), ("İ", "i")),
        ("placed", ("ab",), ("xyz",)),  # ValueError
        ("palindrome", ("ab",), (Marked("ab"),)),
        ("palindrome", ("ab",), (["a", "b"],)),
        ("hamming", ("a", "b"), ("a", b"b")),
    ],
)
def test_the_original_runs_where_the_kernel_does_not_know(
    name: str, learnt: tuple[Any, ...], args: tuple[Any, ...]
) -> None:
    case = guarded(SOURCE, name, *learnt)
    assert not agrees(case, *args)


def test_a_string_that_is_made_is_declined() -> None:
    assert declined(SOURCE, "joined", "abc").code == "LW103"
