"""Each order of products has its own cost."""

from __future__ import annotations


def f(sizes: list[int]) -> int:
    n = len(sizes) - 1
    if not 1 <= n <= 12 or any(s < 1 for s in sizes):
        raise ValueError("sizes")
    cost = [[0] * n for _ in range(n)]
    for span in range(1, n):
        for i in range(n - span):
            j = i + span
            cost[i][j] = min(
                cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
                for k in range(i, j)
            )
    return cost[0][n - 1]


def g(sizes):
    n = len(sizes) - 1
    if not 1 <= n <= 12 or any(s < 1 for s in sizes):
        raise ValueError("sizes")
    left = list(sizes)
    total = 0
    while len(left) > 2:
        k = max(range(1, len(left) - 1), key=lambda i: left[i])
        total += left[k - 1] * left[k] * left[k + 1]
        del left[k]
    return total


def h(sizes):
    n = len(sizes) - 1
    if n < 1 or n > 12 or any(s < 1 for s in sizes):
        raise ValueError("sizes")
    cost = [[0] * (n + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            cost[i][j] = min(
                cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
                for k in range(i, j)
            )
    return cost[0][n - 1]
