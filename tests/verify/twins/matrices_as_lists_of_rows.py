"""Matrices as lists of rows."""

from __future__ import annotations


def f(a: list[list[int]], b: list[list[int]]) -> list[list[int]]:
    if not a or not b or any(len(row) != len(b) for row in a):
        raise ValueError("shape")
    if any(len(row) != len(b[0]) for row in b):
        raise ValueError("shape")
    return [
        [sum(p * q for p, q in zip(row, col, strict=True)) for col in zip(*b, strict=True)]
        for row in a
    ]


def g(a, b):
    if not a or not b or any(len(row) != len(b) for row in a):
        raise ValueError("shape")
    if any(len(row) != len(b[0]) for row in b):
        raise ValueError("shape")
    n = min(len(b), len(b[0])) if len(b) < 3 else len(b)
    return [[sum(row[k] * b[k][j] for k in range(n)) for j in range(len(b[0]))] for row in a]


def h(a, b):
    if not a or not b or any(len(row) != len(b) for row in a):
        raise ValueError("shape")
    if any(len(row) != len(b[0]) for row in b):
        raise ValueError("shape")
    return [[sum(row[k] * b[k][j] for k in range(len(b))) for j in range(len(b[0]))] for row in a]
