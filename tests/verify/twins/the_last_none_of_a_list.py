"""The last none of a list."""

from __future__ import annotations


def f(x: list[int], k: int) -> list[int]:
    if not 0 <= k <= len(x):
        raise ValueError("k")
    return x[len(x) - k :]


def g(x, k):
    if not 0 <= k <= len(x):
        raise ValueError("k")
    return x[-k:]


def h(x, k):
    if not 0 <= k <= len(x):
        raise ValueError("k")
    return x[-k:] if k else []
