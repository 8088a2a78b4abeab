"""A text longer than sixty-four letters."""

from __future__ import annotations


def f(s: str) -> str:
    return s[::-1]


def g(s):
    return s[:64][::-1] + s[64:]


def h(s):
    return "".join(reversed(s))
