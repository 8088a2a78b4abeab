"""Lines end in more ways than one."""

from __future__ import annotations


def f(s: str) -> list[str]:
    return s.splitlines()


def g(s):
    lines = s.split("\n")
    return lines[:-1] if not lines[-1] else lines


def h(s):
    return [line for line in s.splitlines(keepends=False)]
