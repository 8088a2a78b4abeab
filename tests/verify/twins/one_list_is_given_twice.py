"""One list is given twice."""

from __future__ import annotations


def f(a: list[int], b: list[int]) -> int:
    total = 0
    for i in range(min(len(a), len(b))):
        a[i] = a[i] + 1
        total = total + b[i]
    return total


def g(a, b):
    n = min(len(a), len(b))
    total = sum(b[:n])
    a[:n] = [v + 1 for v in a[:n]]
    return total


def h(a, b):
    n = min(len(a), len(b))
    a[:n] = [v + 1 for v in a[:n]]
    return sum(b[:n])
