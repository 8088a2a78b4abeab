"""A prefix is no set of letters."""

from __future__ import annotations


def f(s: str) -> str:
    return s.removeprefix("ab")


def g(s):
    return s.lstrip("ab") if s[:2] == "ab" else s


def h(s):
    return s[2:] if s.startswith("ab") else s
