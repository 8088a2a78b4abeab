"""Or returns one of its operands."""

from __future__ import annotations


def f(a: str, b: str) -> str:
    return a.strip() or b


def g(a, b):
    return a if a else b


def h(a, b):
    a = a.strip()
    return a if a else b
