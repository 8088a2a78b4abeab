"""Str methods on case mapping."""

from __future__ import annotations


def f(s: str) -> bool:
    return s.casefold() == s.casefold()[::-1]


def g(s):
    return s.lower() == s.lower()[::-1]


def h(s):
    t = s.casefold()
    return t == t[::-1]
