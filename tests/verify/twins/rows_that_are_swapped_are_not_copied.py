"""Rows that are swapped are not copied."""

from __future__ import annotations


def f(a: str, b: str) -> int:
    before = list(range(len(b) + 1))
    for i, p in enumerate(a):
        row = [i + 1]
        for j, q in enumerate(b):
            row.append(min(before[j + 1] + 1, row[j] + 1, before[j] + (p != q)))
        before = row
    return before[-1]


def g(a, b):
    row = list(range(len(b) + 1))
    before = row
    for i, p in enumerate(a):
        row[0] = i + 1
        for j, q in enumerate(b):
            row[j + 1] = min(before[j + 1] + 1, row[j] + 1, before[j] + (p != q))
    return row[-1]


def h(a, b):
    before, row = list(range(len(b) + 1)), [0] * (len(b) + 1)
    for i, p in enumerate(a):
        row[0] = i + 1
        for j, q in enumerate(b):
            row[j + 1] = min(before[j + 1] + 1, row[j] + 1, before[j] + (p != q))
        before, row = row, before
    return before[-1]
