"""Equal elements on a heap come out in order of their rank."""

from __future__ import annotations

import heapq


def f(x: list[int]) -> list[tuple[int, int]]:
    heap: list[tuple[int, int]] = []
    for k, v in enumerate(x):
        heapq.heappush(heap, (v, k))
    return [heapq.heappop(heap) for _ in range(len(heap))]


def g(x):
    return sorted(((v, k) for k, v in enumerate(x)), key=lambda p: (p[0], -p[1]))


def h(x):
    return sorted(zip(x, range(len(x)), strict=True))
