"""Text that is not found ends at minus one."""

from __future__ import annotations


def f(s: str, sub: str) -> str:
    return s[: s.find(sub)]


def g(s, sub):
    return s.partition(sub)[0] if sub else ""


def h(s, sub):
    at = s.find(sub)
    return s[:-1] if at < 0 else s[:at]
