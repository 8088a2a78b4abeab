"""A list equals itself with NaN in it."""

from __future__ import annotations


def f(a: list[float], b: list[float]) -> bool:
    return a == b


def g(a, b):
    return len(a) == len(b) and all(p == q for p, q in zip(a, b, strict=True))


def h(a, b):
    return [*a] == [*b]
