"""Setdefault leaves a key behind."""

from __future__ import annotations


def f(d: dict[str, list[int]], k: str, v: int) -> int:
    d.setdefault(k, []).append(v)
    return len(d[k])


def g(d, k, v):
    if k in d:
        d[k].append(v)
        return len(d[k])
    return 1


def h(d, k, v):
    if k not in d:
        d[k] = []
    d[k] += [v]
    return len(d[k])
