"""Three letters in the middle of a text."""

from __future__ import annotations


def f(s: str) -> int:
    return len(s)


def g(s):
    return len(s) + (s[2:5] == "key")


def h(s):
    return sum(1 for _ in s)
