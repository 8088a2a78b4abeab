"""The root of two that are joined."""

from __future__ import annotations


def f(pairs: list[tuple[int, int]]) -> list[int]:
    root = list(range(8))
    for a, b in pairs:
        p, q = a % 8, b % 8
        while root[p] != p:
            p = root[p]
        while root[q] != q:
            q = root[q]
        root[p] = q
    return root


def g(pairs):
    root = list(range(8))
    for a, b in pairs:
        p, q = a % 8, b % 8
        while root[p] != p:
            p = root[p]
        while root[q] != q:
            q = root[q]
        root[a % 8] = q
    return root


def h(pairs):
    root = list(range(8))

    def find(k):
        return k if root[k] == k else find(root[k])

    for a, b in pairs:
        p = find(a % 8)
        root[p] = find(b % 8)
    return root
