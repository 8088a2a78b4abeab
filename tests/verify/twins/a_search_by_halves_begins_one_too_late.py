"""A search by halves begins one too late."""

from __future__ import annotations

import bisect
from itertools import pairwise


def f(x: list[int], v: int) -> int:
    if any(a > b for a, b in pairwise(x)):
        raise ValueError("not sorted")
    low, high = 0, len(x)
    while low < high:
        mid = (low + high) // 2
        if x[mid] < v:
            low = mid + 1
        else:
            high = mid
    return low


def g(x, v):
    if any(a > b for a, b in pairwise(x)):
        raise ValueError("not sorted")
    low, high = 0, len(x) - 1
    while low < high:
        mid = (low + high) // 2
        if x[mid] < v:
            low = mid + 1
        else:
            high = mid
    return low


def h(x, v):
    if any(a > b for a, b in pairwise(x)):
        raise ValueError("not sorted")
    return bisect.bisect_left(x, v)
