"""Rows of a multiplied list are one list."""

from __future__ import annotations


def f(n: int, m: int) -> list[list[int]]:
    return [[0 for _ in range(min(m, 9))] for _ in range(min(n, 9))]


def g(n, m):
    return [[0] * max(0, min(m, 9))] * max(0, min(n, 9))


def h(n, m):
    rows = []
    for _ in range(min(n, 9)):
        rows.append([0 for _ in range(min(m, 9))])
    return rows
