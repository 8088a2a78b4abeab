"""Two equal lists that are not one."""

from __future__ import annotations


def f(a: list[int], b: list[int]) -> bool:
    return a is b


def g(a, b):
    return a == b


def h(a, b):
    return id(a) == id(b)
