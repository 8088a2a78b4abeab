"""Boxes that overlap as much as the threshold."""

from __future__ import annotations


def f(scores: list[float], overlap: list[list[float]], most: float) -> list[int]:
    n = len(scores)
    if len(overlap) != n or any(len(row) != n for row in overlap):
        raise ValueError("shape")
    order = sorted(range(n), key=lambda k: -scores[k])
    kept: list[int] = []
    for k in order:
        if all(not overlap[k][j] > most for j in kept):
            kept.append(k)
    return kept


def g(scores, overlap, most):
    n = len(scores)
    if len(overlap) != n or any(len(row) != n for row in overlap):
        raise ValueError("shape")
    order = sorted(range(n), key=lambda k: -scores[k])
    kept = []
    for k in order:
        if all(overlap[k][j] < most for j in kept):
            kept.append(k)
    return kept


def h(scores, overlap, most):
    n = len(scores)
    if len(overlap) != n or any(len(row) != n for row in overlap):
        raise ValueError("shape")
    order = sorted(range(n), key=lambda k: -scores[k])
    kept = []
    for k in order:
        if not any(overlap[k][j] > most for j in kept):
            kept.append(k)
    return kept
