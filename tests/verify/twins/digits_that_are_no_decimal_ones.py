"""Digits that are no decimal ones."""

from __future__ import annotations


def f(s: str) -> bool:
    return s.isdigit()


def g(s):
    return s.isdecimal()


def h(s):
    return len(s) > 0 and all(c.isdigit() for c in s)
