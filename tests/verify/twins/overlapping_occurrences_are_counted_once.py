"""Overlapping occurrences are counted once."""

from __future__ import annotations


def f(s: str, sub: str) -> int:
    return s.count(sub)


def g(s, sub):
    return sum(s.startswith(sub, k) for k in range(len(s) + (not sub)))


def h(s, sub):
    return len(s.split(sub)) - 1 if sub else len(s) + 1
