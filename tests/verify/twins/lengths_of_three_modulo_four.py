"""Lengths of three modulo four."""

from __future__ import annotations


def f(x: list[int]) -> int:
    s = 0
    for v in x:
        s = s * 31 + v
    return s


def g(x):
    s, k = 0, 0
    while k + 4 <= len(x):
        for v in x[k : k + 4]:
            s = s * 31 + v
        k += 4
    for v in x[k : k + 2]:
        s = s * 31 + v
    return s


def h(x):
    s, k = 0, 0
    while k + 4 <= len(x):
        for v in x[k : k + 4]:
            s = s * 31 + v
        k += 4
    while k < len(x):
        s = s * 31 + x[k]
        k += 1
    return s
