"""Breadth before depth."""

from __future__ import annotations


def f(edges: list[tuple[int, int]], start: int) -> list[int]:
    seen, todo = [start], [start]
    while todo:
        at = todo.pop(0)
        for a, b in edges:
            if a == at and b not in seen:
                seen.append(b)
                todo.append(b)
    return seen


def g(edges, start):
    seen, todo = [start], [start]
    while todo:
        at = todo.pop()
        for a, b in edges:
            if a == at and b not in seen:
                seen.append(b)
                todo.append(b)
    return seen


def h(edges, start):
    seen = [start]
    k = 0
    while k < len(seen):
        for a, b in edges:
            if a == seen[k] and b not in seen:
                seen.append(b)
        k += 1
    return seen
