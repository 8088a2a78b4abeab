"""Two texts that differ in case only."""

from __future__ import annotations


def f(a: str, b: str) -> bool:
    return a.lower() == b.lower()


def g(a, b):
    return a.casefold() == b.casefold()


def h(a, b):
    return len(x := a.lower()) == len(y := b.lower()) and x.startswith(y)
