"""The middle of two numbers that are large."""

from __future__ import annotations


def f(a: float, b: float) -> float:
    return a / 2 + b / 2


def g(a, b):
    return (a + b) / 2


def h(a, b):
    return 0.5 * a + 0.5 * b
