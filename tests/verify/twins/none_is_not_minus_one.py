"""None is not minus one."""

from __future__ import annotations


def f(x: list[int], v: int) -> int | None:
    for k, w in enumerate(x):
        if w == v:
            return k
    return None


def g(x, v):
    for k, w in enumerate(x):
        if w == v:
            return k
    return -1


def h(x, v):
    return x.index(v) if v in x else None
