"""A table of two rows reads the row that it writes."""

from __future__ import annotations


def f(w: list[int], v: list[int], c: int) -> int:
    if not 0 <= c <= 60 or len(w) != len(v) or any(k < 0 for k in w):
        raise ValueError("range")
    best = [0] * (c + 1)
    for k in range(len(w)):
        for j in range(c, w[k] - 1, -1):
            best[j] = max(best[j], best[j - w[k]] + v[k])
    return best[c]


def g(w, v, c):
    if not 0 <= c <= 60 or len(w) != len(v) or any(k < 0 for k in w):
        raise ValueError("range")
    best = [0] * (c + 1)
    for k in range(len(w)):
        for j in range(w[k], c + 1):
            best[j] = max(best[j], best[j - w[k]] + v[k])
    return best[c]


def h(w, v, c):
    if c < 0 or c > 60 or len(w) != len(v) or any(k < 0 for k in w):
        raise ValueError("range")
    best = [0] * (c + 1)
    for weight, value in zip(w, v, strict=True):
        before = best[:]
        for j in range(weight, c + 1):
            best[j] = max(before[j], before[j - weight] + value)
    return best[c]
