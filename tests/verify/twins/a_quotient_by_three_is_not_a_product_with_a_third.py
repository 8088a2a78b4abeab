"""A quotient by three is not a product with a third."""

from __future__ import annotations


def f(x: list[float]) -> list[float]:
    return [v / 3.0 + v / 4.0 for v in x]


def g(x):
    a, b = 1 / 3.0, 1 / 4.0
    return [v * a + v * b for v in x]


def h(x):
    return [v / 3.0 + v * 0.25 for v in x]
